export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Divides a rectangle among `sizes` (positive, largest first) so that no part is longer than it must be: rows along the
 * shorter side take parts as long as that improves the worst of their proportions (Bruls, Huizing, van Wijk 2000).
 */
export function squarify(sizes: readonly number[], area: Rectangle): Rectangle[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total <= 0) return sizes.map(() => ({ ...area, width: 0, height: 0 }));
  const scale = (area.width * area.height) / total;
  const rectangles: Rectangle[] = [];
  let rest = area;
  for (let from = 0; from < sizes.length;) {
    const side = Math.min(rest.width, rest.height);
    let to = from + 1;
    let sum = (sizes[from] ?? 0) * scale;
    const first = sum;
    while (to < sizes.length) {
      const next = (sizes[to] ?? 0) * scale;
      if (worst(first, next, sum + next, side) > worst(first, (sizes[to - 1] ?? 0) * scale, sum, side)) break;
      sum += next;
      to += 1;
    }
    const thickness = side === 0 ? 0 : sum / side;
    const wide = rest.width >= rest.height;
    let offset = 0;
    for (const size of sizes.slice(from, to)) {
      const length = thickness === 0 ? 0 : (size * scale) / thickness;
      rectangles.push(wide
        ? { x: rest.x, y: rest.y + offset, width: thickness, height: length }
        : { x: rest.x + offset, y: rest.y, width: length, height: thickness });
      offset += length;
    }
    rest = wide
      ? { x: rest.x + thickness, y: rest.y, width: Math.max(0, rest.width - thickness), height: rest.height }
      : { x: rest.x, y: rest.y + thickness, width: rest.width, height: Math.max(0, rest.height - thickness) };
    from = to;
  }
  return rectangles;
}

/** Of a row's parts the largest and the smallest have the worst proportions. */
function worst(largest: number, smallest: number, sum: number, side: number): number {
  const square = side * side;
  return Math.max((square * largest) / (sum * sum), (sum * sum) / (square * smallest));
}
