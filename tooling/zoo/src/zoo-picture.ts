import { type Mark, parse, type Spec, View } from 'vega';

/** A bar of the picture: how long a network takes, as a share of the time of the model as it was given. */
interface Bar {
  readonly label: string;
  readonly share: number;
  /** What became of the outputs, for example `same answers 100.0 %`. */
  readonly quality: string;
  readonly isFused: boolean;
}

/** A model with one bar for each of its versions. */
interface BarGroup {
  readonly model: string;
  readonly bars: readonly Bar[];
}

type Row = Readonly<Record<string, string>>;

/** Reads the tables of a page of Markdown, each row by the heads of its columns. */
function tablesOf(page: string): Row[][] {
  const tables: string[][][] = [];
  let isInside = false;
  for (const line of page.split('\n')) {
    const isRow = line.startsWith('|');
    if (isRow && !isInside) tables.push([]);
    if (isRow) {
      tables.at(-1)!.push(
        line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      );
    }
    isInside = isRow;
  }
  return tables.map(([head, , ...rows]) =>
    rows.map((cells) => Object.fromEntries(cells.map((cell, column) => [head![column], cell]))),
  );
}

/**
 * Reads from the page of the zoo what the picture shows: the models that were fused, on wasm.
 * The share of a fused network is that of the simplified one, times what was measured in turns with it.
 */
export function picturedModels(page: string): BarGroup[] {
  const [versions = [], plans = []] = tablesOf(page);
  const models = [...new Set(plans.map((row) => row.model!))];
  return models.flatMap((model) => {
    const speedup = (version: string) => {
      const row = versions.find((each) => each.model === model && each.version === version);
      return Number(/, ([\d.]+)x$/.exec(row?.['wasm, warm'] ?? '')?.[1]);
    };
    const [simplified, graph] = [1 / speedup('simplified'), 1 / speedup('as a GraphModel')];
    const exact = 'same outputs';
    const fused = plans.flatMap((row): Bar[] => {
      const share = Number(/^([\d.]+)x/.exec(row.latency ?? '')?.[1]);
      const isFused = /fused$/.test(row.how ?? '');
      if (row.model !== model || !isFused || !Number.isFinite(share)) return [];
      const answers = row['same answers'];
      const quality =
        answers && answers !== '-' ? `same answers ${answers}` : `error ${row['output error']!}`;
      return [{ label: `and ${row.how}`, share: share * simplified, quality, isFused: true }];
    });
    if (!Number.isFinite(simplified + graph)) return [];
    return [
      {
        model,
        bars: [
          { label: 'as given', share: 1, quality: '', isFused: false },
          { label: 'simplified', share: simplified, quality: exact, isFused: false },
          { label: 'as a GraphModel', share: graph, quality: exact, isFused: false },
          ...fused.map((bar) => ({ ...bar, label: `simplified ${bar.label}` })),
        ],
      },
    ];
  });
}

const [left, width, right, rowHeight, groupGap] = [230, 420, 160, 28, 46];

/** Draws the models' times as bars. Equal pages give equal pictures. */
export async function zooPicture(page: string): Promise<string> {
  const marks: Mark[] = [];
  let y = 10;
  for (const { model, bars } of picturedModels(page)) {
    marks.push(text(0, y + 4, `${model}: time of one prediction`, { fontWeight: 'bold', fontSize: 14 }));
    y += 26;
    for (const [index, { label, share, quality, isFused }] of bars.entries()) {
      const middle = y + rowHeight / 2;
      const told = index === 0 ? '' : `${share.toFixed(2)}x${quality ? `, ${quality}` : ''}`;
      marks.push(
        text(left - 10, middle, label, { align: 'right' }),
        mark('rect', {
          x: left,
          y: y + 4,
          width: width * share,
          height: rowHeight - 8,
          fill: isFused ? '#d9541e' : index === 0 ? '#9aa3ad' : '#2f6fb3',
        }),
        text(left + width * share + 8, middle, told, {}),
      );
      y += rowHeight;
    }
    y += groupGap - rowHeight;
  }
  const spec: Spec = {
    $schema: 'https://vega.github.io/schema/vega/v6.json',
    width: left + width + right,
    height: y,
    padding: 8,
    background: 'white',
    config: { text: { font: 'sans-serif', fontSize: 13, fill: '#000000' } },
    marks,
  };
  const view = new View(parse(spec), { renderer: 'none' });
  try {
    return `${await view.toSVG()}\n`;
  } finally {
    view.finalize();
  }
}

function text(x: number, y: number, words: string, more: Values): Mark {
  return mark('text', { x, y, text: words, baseline: 'middle', ...more });
}

type Values = Readonly<Record<string, string | number>>;

/** Makes a mark with a single item from constant values. */
function mark(type: Mark['type'], values: Values): Mark {
  const entries = Object.entries(values).map(([name, value]) => [name, { value }]);
  return { type, encode: { enter: Object.fromEntries(entries) } } as Mark;
}
