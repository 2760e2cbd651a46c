const known = new Map<string, number>();

export function remember(name: string): number {
  known.set(name, known.size);
  return known.size;
}

function expensive(text: string): string {
  return `${text}${remember(text)} is a long sentence that nothing needs, and which stays for its effect on the registry alone`;
}

export const unneeded = expensive('that no other module ever reads or names, yet its call may do something, so it cannot go');
