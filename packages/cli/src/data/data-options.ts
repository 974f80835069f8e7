import type { DataOptions, LabelOptions, PixelScale } from '@fuseinit/data-files';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { lengths, list } from '../program/option-values.js';

const separators = { comma: ',', semicolon: ';', tab: '\t' } as const;

/** Options of how samples lie in files. */
export interface DataFormatOptions {
  readonly array?: string;
  readonly columns?: string[];
  readonly labelColumn?: string;
  readonly separator?: keyof typeof separators;
  readonly resize?: readonly [number, number];
  readonly channels?: '1' | '3';
  readonly pixels?: PixelScale;
  readonly skipUnreadable?: boolean;
}

export interface LabelFormatOptions {
  readonly labels?: string;
  readonly labelsArray?: string;
}

export function addDataOptions(command: Command): Command {
  return command
    .option('--array <name>', 'of a .npz: the array')
    .option('--columns <names>', 'of a table: the columns, by name or from 0', list)
    .option('--label-column <name>', 'of a table: the column of the labels')
    .addOption(
      new Option('--separator <sign>', 'of a table (default: comma, tab in a .tsv)').choices(
        Object.keys(separators),
      ),
    )
    .option('--resize <height>x<width>', 'of images', twoLengths)
    .addOption(new Option('--channels <n>', 'of images').choices(['1', '3']))
    .addOption(
      new Option(
        '--pixels <scale>',
        'unit: from 0 to 1 (default of images and bytes), symmetric: from -1 to 1, raw: as they are',
      ).choices(['unit', 'symmetric', 'raw']),
    )
    .option('--skip-unreadable', 'leaves out images that cannot be decoded');
}

export function addLabelOptions(command: Command): Command {
  return command
    .option('--labels <path>', 'a label for each sample: class from 0, or a number')
    .option('--labels-array <name>', 'of a .npz of labels: the array');
}

/** What `openData` takes. */
export function dataOptionsOf(options: DataFormatOptions): DataOptions {
  const { array, columns, labelColumn, separator, resize, channels, pixels, skipUnreadable } = options;
  return {
    ...(array !== undefined && { array }),
    ...(columns && { columns: columns.map(column) }),
    ...(labelColumn !== undefined && { labelColumn: column(labelColumn) }),
    ...(separator !== undefined && { separator: separators[separator] }),
    ...(resize && { resize }),
    ...(channels !== undefined && { channels: channels === '1' ? 1 : 3 }),
    ...(pixels !== undefined && { pixels }),
    ...(skipUnreadable !== undefined && { skipUnreadable }),
  };
}

/** What `openLabels` takes, but for the task. */
export function labelOptionsOf(
  options: DataFormatOptions & LabelFormatOptions,
): Omit<LabelOptions, 'task' | 'classes'> {
  const { labelsArray, labelColumn, separator, skipUnreadable } = options;
  return {
    ...(labelsArray !== undefined && { array: labelsArray }),
    ...(labelColumn !== undefined && { labelColumn: column(labelColumn) }),
    ...(separator !== undefined && { separator: separators[separator] }),
    ...(skipUnreadable !== undefined && { skipUnreadable }),
  };
}

/** A column by its place or its name. */
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
