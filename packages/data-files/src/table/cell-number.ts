/** The number that a cell is; undefined where it is none. */
export function cellNumber(cell: string): number | undefined {
  const value = Number(cell);
  return cell === '' || Number.isNaN(value) ? undefined : value;
}
