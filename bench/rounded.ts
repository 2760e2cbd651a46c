/** Figures to three digits, and whole numbers as they are: what is beyond is noise. */
export function rounded(figures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Number.isInteger(value) ? value : Number(value.toPrecision(3))]));
}
