/** What to run to come by the same fusion. */
export interface Reproduction {
  readonly command: string | null;
  /** Options of the fusion, as plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of libraries and platforms, by name. */
  readonly versions: Readonly<Record<string, string>>;
}
