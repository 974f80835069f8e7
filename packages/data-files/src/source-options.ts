import { unfit } from './data-errors.js';
import type { ImageOrder } from './images/list-images.js';
import type { Interpolation } from './images/resize-image.js';

/** Options about files of one format or another; options about another format than the file's are refused. */
export interface SourceOptions {
  /** The name of an array in a .npz file; not needed for the only one. */
  readonly array?: string;
  /**
   * The columns of a table, by name or by position from 0, in the wanted order. Default all except the labels
   * and an index without a name, as pandas writes one.
   */
  readonly columns?: readonly (string | number)[];
  /** The column or columns of a table with the labels, by name or by position from 0. */
  readonly labelColumn?: string | number | readonly (string | number)[];
  /**
   * Whether a table's first line names its columns. By default this is derived from the lines, and a table
   * that may be read either way is refused.
   */
  readonly header?: boolean;
  /**
   * The separator between two cells of a table; ' ' for any number of blanks. By default it is derived from
   * the first lines.
   */
  readonly separator?: Separator;
  /** The decimal sign in a table. Default '.'. */
  readonly decimal?: '.' | ',';
  /** The size [height, width] that images are resized to, regardless of their proportions. */
  readonly resize?: readonly [height: number, width: number];
  /** The interpolation of `resize`. Default 'bilinear'. */
  readonly interpolation?: Interpolation;
  /**
   * The number of channels of images: 1 makes them grey, 4 keeps transparency. Default 3 if any image has
   * colour, else 1.
   */
  readonly channels?: 1 | 3 | 4;
  /** The order of the images' paths. Default 'path'. */
  readonly order?: ImageOrder;
  /** Whether to leave out images that can't be decoded; each image is tried when the folder is opened. */
  readonly skipUnreadable?: boolean;
}

/** The separator between two cells of a table; `' '` is any number of blanks. */
export type Separator = ',' | ';' | '\t' | ' ';

/** A kind of file that an option can be about. */
export type SourceKind = 'a .npz' | 'a table' | 'a folder of images' | 'an array';

/** The name of an option in messages. */
export type OptionName = (option: string) => string;

/** The way in which messages name options. */
export interface OptionNaming {
  /**
   * The names of options in messages, for a program whose users know them by other names. Default `"array"`
   * and so on.
   */
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

/** Returns the options that are about a kind of file, for programs whose options are about several files. */
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
