import { unfit } from './data-errors.js';
import type { ImageOrder } from './images/image-order.js';
import type { Interpolation } from './images/resize-image.js';

/**
 * What there is to say about a file of one format or the other; saying it about another format is refused.
 */
export interface SourceOptions {
  /** Name of an array in a .npz; not needed for the only one. */
  readonly array?: string;
  /**
   * Columns of a table, by name or by position from 0, in the order wanted. Without it, all but the labels
   * and an index that has no name, as pandas writes one.
   */
  readonly columns?: readonly (string | number)[];
  /** The column of a table that holds the labels, or the columns, by name or by position from 0. */
  readonly labelColumn?: string | number | readonly (string | number)[];
  /** Whether a table's first line names its columns; without it, that is told from the lines, or refused. */
  readonly header?: boolean;
  /**
   * What stands between two cells of a table, ' ' for any number of blanks; without it, what the first lines
   * show.
   */
  readonly separator?: Separator;
  /** The decimal sign in a table; '.' without it. */
  readonly decimal?: '.' | ',';
  /** Size, [height, width], that images are brought to, whatever their proportions were. */
  readonly resize?: readonly [height: number, width: number];
  /** How `resize` finds the pixels between pixels; 'bilinear' without it. */
  readonly interpolation?: Interpolation;
  /** Of images: 1 makes them grey, 4 keeps transparency; without it 3 where any has colour, else 1. */
  readonly channels?: 1 | 3 | 4;
  /** How the paths of images are sorted; 'path' without it. */
  readonly order?: ImageOrder;
  /** Leaves out images that can't be decoded, each of which is tried when the folder is opened. */
  readonly skipUnreadable?: boolean;
}

export type Separator = ',' | ';' | '\t' | ' ';

/** A kind of file that an option can be about. */
export type SourceKind = 'a .npz' | 'a table' | 'a folder of images' | 'an array';

/** How messages call an option. */
export type OptionName = (option: string) => string;

export interface OptionNaming {
  /** How messages call an option, for a program whose users know it by another name; `"array"` without it. */
  readonly optionName?: OptionName;
}

export const quotedOption: OptionName = (option) => JSON.stringify(option);

const kinds = {
  array: 'a .npz',
  labelColumn: 'a table',
  columns: 'a table',
  header: 'a table',
  separator: 'a table',
  decimal: 'a table',
  resize: 'a folder of images',
  interpolation: 'a folder of images',
  channels: 'a folder of images',
  order: 'a folder of images',
  skipUnreadable: 'a folder of images',
} as const satisfies Record<keyof SourceOptions, SourceKind>;

/**
 * Those of some options that are about a kind of file, for programs that take options for several files at
 * once.
 */
export function optionsAbout<Options extends SourceOptions>(
  kind: SourceKind,
  options: Options,
): Partial<Options> {
  return Object.fromEntries(
    Object.entries(options).filter(([option]) => {
      const about = kinds[option as keyof SourceOptions] as SourceKind | undefined;
      return about === undefined || about === kind;
    }),
  ) as Partial<Options>;
}

/** @throws ARGUMENT_INVALID when an option is about another kind of file. */
export function requireOptionsOf(
  kind: SourceKind,
  path: string,
  options: { readonly [Option in keyof SourceOptions]: SourceOptions[Option] | undefined },
  optionName: OptionName,
): void {
  for (const [option, about] of Object.entries(kinds)) {
    if (options[option as keyof SourceOptions] === undefined || about === kind) continue;
    throw unfit(`${optionName(option)} was given, which is about ${about}: ${path} is none. Leave it out.`);
  }
}
