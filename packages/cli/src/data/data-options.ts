import type {
  DataOptions,
  ImageOrder,
  Interpolation,
  LabelOptions,
  OptionName,
  PixelScale,
  SourceKind,
} from '@fuseinit/data-files';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { lengths, list, number } from '../program/option-values.js';

const separators = { comma: ',', semicolon: ';', tab: '\t', blank: ' ' } as const;
const decimals = { point: '.', comma: ',' } as const;
const answers = ['yes', 'no'] as const;
const tasks = ['classes', 'multilabel', 'regression'] as const;

/** The options for the format of data files. */
export interface DataFormatOptions {
  readonly array?: string;
  readonly columns?: string[];
  readonly labelColumn?: readonly string[];
  readonly header?: (typeof answers)[number];
  readonly separator?: keyof typeof separators;
  readonly decimal?: keyof typeof decimals;
  readonly resize?: readonly [number, number];
  readonly interpolation?: Interpolation;
  readonly channels?: '1' | '3' | '4';
  readonly order?: ImageOrder;
  readonly pixels?: PixelScale;
  readonly skipUnreadable?: boolean;
}

export interface LabelFormatOptions {
  readonly labels?: string;
  readonly labelsArray?: string;
  readonly labelsHeader?: (typeof answers)[number];
  readonly fileColumn?: string;
  readonly classes?: string[];
  readonly task?: (typeof tasks)[number];
  readonly threshold?: number;
}

export function addDataOptions(command: Command): Command {
  return command
    .option('--array <name>', 'of a .npz: the array')
    .option('--columns <names>', 'of a table: the columns, by name or from 0', list)
    .option('--label-column <names>', 'of a table: the column of the labels, or one for each output', list)
    .addOption(new Option('--header <answer>', 'of a table: whether line 1 names columns').choices(answers))
    .addOption(
      new Option('--separator <sign>', 'of a table (default: as its first lines show)').choices(
        Object.keys(separators),
      ),
    )
    .addOption(new Option('--decimal <sign>', 'of a table (default: point)').choices(Object.keys(decimals)))
    .option('--resize <height>x<width>', 'of images, as tf.image.resize', twoLengths)
    .addOption(
      new Option('--interpolation <how>', 'of --resize (default: bilinear)').choices([
        'bilinear',
        'antialiased',
        'nearest',
      ]),
    )
    .addOption(new Option('--channels <n>', 'of images').choices(['1', '3', '4']))
    .addOption(
      new Option('--order <order>', 'of images: by path (default), or numeric, 2 before 10').choices([
        'path',
        'numeric',
      ]),
    )
    .addOption(
      new Option(
        '--pixels <scale>',
        'unit: from 0 to 1, symmetric: from -1 to 1, raw: as they are (default: as the model reads them)',
      ).choices(['unit', 'symmetric', 'raw']),
    )
    .option('--skip-unreadable', 'leaves out images that cannot be decoded');
}

export function addLabelOptions(command: Command): Command {
  return command
    .option('--labels <path>', 'a label for each sample: class from 0, or numbers as the outputs')
    .option('--labels-array <name>', 'of a .npz of labels: the array')
    .addOption(
      new Option('--labels-header <answer>', 'of a table of labels (default: --header)').choices(answers),
    )
    .option('--file-column <name>', 'of a table of labels: that of the names of images')
    .option('--classes <names>', 'of classes in the order of outputs, where labels are names', list)
    .addOption(
      new Option('--task <task>', 'what labels are for (default: as the model’s end and they tell)').choices(
        tasks,
      ),
    );
}

/** Adds the option for commands that need a class from one output. */
export function addThresholdOption(command: Command): Command {
  return command.option(
    '--threshold <value>',
    'of one output, above which it is class 1 (default: 0.5 of a probability, 0 of a logit)',
    number(),
  );
}

/** The names of options in messages about the data. */
export const dataOptionName: OptionName = (option) =>
  `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const labelFlags: Readonly<Record<string, string>> = {
  array: '--labels-array',
  header: '--labels-header',
  classNames: '--classes',
};

/** The names of options in messages about the labels. */
export const labelOptionName: OptionName = (option) => labelFlags[option] ?? dataOptionName(option);

/**
 * Returns the options of `openData`.
 *
 * @param dataKind The kind of the data's file.
 * @param labelsKind The kind of the labels' file, if they have their own; the options for that kind then
 *   apply to them.
 */
export function dataOptionsOf(
  options: DataFormatOptions,
  dataKind: SourceKind,
  labelsKind: SourceKind | undefined,
): DataOptions {
  const { array, columns, resize, interpolation, channels, order, skipUnreadable } = options;
  const all = {
    ...tableOptions(options, options.header),
    array,
    columns: columns?.map(column),
    resize,
    interpolation,
    channels: channels === undefined ? undefined : (Number(channels) as 1 | 3 | 4),
    order,
    skipUnreadable,
  };
  const { header, separator, decimal, labelColumn, ...others } = all;
  const tables = { header, separator, decimal, ...(labelsKind === undefined && { labelColumn }) };
  const isTheirs = labelsKind === 'a table' && dataKind !== 'a table';
  return { optionName: dataOptionName, ...withoutUndefined({ ...others, ...(isTheirs ? {} : tables) }) };
}

/** Returns the options of `matchLabels`, except for the task and the samples. */
export function labelOptionsOf(
  options: DataFormatOptions & LabelFormatOptions,
  kind: SourceKind,
): LabelOptions {
  const { labels, array, labelsArray, labelsHeader, header, order, fileColumn, classes, skipUnreadable } =
    options;
  const tables = tableOptions(options, labelsHeader ?? header);
  // Labels without a file of their own are a column of the data.
  const isOwn = labels !== undefined;
  return {
    optionName: isOwn ? labelOptionName : dataOptionName,
    ...withoutUndefined({
      array: isOwn ? labelsArray : array,
      ...(kind === 'a table' ? tables : {}),
      order,
      skipUnreadable,
      fileColumn: fileColumn === undefined ? undefined : column(fileColumn),
      classNames: classes,
    }),
  };
}

function tableOptions(
  { labelColumn, separator, decimal }: DataFormatOptions,
  header: DataFormatOptions['header'],
) {
  return {
    header: header && header === 'yes',
    separator: separator && separators[separator],
    decimal: decimal && decimals[decimal],
    labelColumn: labelColumn?.map(column),
  };
}

type Defined<Values> = { [Key in keyof Values]?: Exclude<Values[Key], undefined> };

function withoutUndefined<Values extends object>(values: Values): Defined<Values> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Defined<Values>;
}

/** Parses a column given by position or name. */
function column(text: string): string | number {
  return /^\d+$/.test(text) ? Number(text) : text;
}

function twoLengths(text: string): number[] {
  const [height, width, ...others] = lengths(text);
  if (height === undefined || width === undefined || others.length > 0) {
    throw new InvalidArgumentError('A height and a width such as 28x28 were expected.');
  }
  return [height, width];
}
