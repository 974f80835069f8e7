import { unfit } from './data-errors.js';

/** What there is to say about a file of one format or the other; saying it about another format is refused. */
export interface SourceOptions {
  /** Name of an array in a .npz; not needed for the only one. */
  readonly array?: string;
  /** Columns of a table, by name or by position from 0, in the order wanted; all without it. */
  readonly columns?: readonly (string | number)[];
  /** The column of a table that holds the labels, by name or by position from 0. */
  readonly labelColumn?: string | number;
  /** Whether a table's first line names its columns; without it, that is so when the line has no number in it. */
  readonly header?: boolean;
  /** What stands between two cells of a table: a tab in a .tsv, a comma in others without it. */
  readonly separator?: ',' | ';' | '\t';
  /** Size, [height, width], that images are brought to, whatever their proportions were. */
  readonly resize?: readonly [height: number, width: number];
  /** Of images: 1 makes them grey; 3 without it where any has colour. */
  readonly channels?: 1 | 3;
  /** Leaves out images that can't be decoded, each of which is tried when the folder is opened. */
  readonly skipUnreadable?: boolean;
}

const places = {
  array: 'a .npz',
  labelColumn: 'a table',
  columns: 'a table',
  header: 'a table',
  separator: 'a table',
  resize: 'a folder of images',
  channels: 'a folder of images',
  skipUnreadable: 'a folder of images',
} as const satisfies Record<keyof SourceOptions, string>;

/** @throws ARGUMENT_INVALID when an option is about another kind of file. */
export function requireOptionsOf(
  kind: (typeof places)[keyof SourceOptions] | undefined,
  path: string,
  options: SourceOptions,
): void {
  for (const [option, place] of Object.entries(places)) {
    if (options[option as keyof SourceOptions] === undefined || place === kind) continue;
    throw unfit(`${option} was given, which is about ${place}: ${path} is none. Leave it out.`);
  }
}
