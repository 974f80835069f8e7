import type { EpochLine, FusionLine, ResultLine, Score, SessionLine } from './result-line.js';

type Fields = Readonly<Record<string, unknown>>;

const kinds = {
  text: (value: unknown) => typeof value === 'string',
  number: (value: unknown) => typeof value === 'number',
  count: (value: unknown) => Number.isInteger(value) && (value as number) >= 0,
  'number or null': (value: unknown) => value === null || typeof value === 'number',
  object: (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value),
  purpose: (value: unknown) => value === 'tuning' || value === 'trial',
} as const;

type Shape = Readonly<Record<string, keyof typeof kinds>>;

const session: Shape = {
  experiment: 'text',
  definition: 'text',
  preparation: 'text',
  versions: 'object',
  backend: 'text',
  machine: 'object',
  threads: 'number',
  startedAt: 'text',
};
const fusion: Shape = {
  purpose: 'purpose',
  seed: 'number',
  stage: 'count',
  start: 'text',
  heldOutRelativeMse: 'number or null',
  teacher: 'object',
  student: 'object',
  seconds: 'number',
};
const epoch: Shape = {
  purpose: 'purpose',
  seed: 'number',
  stage: 'count',
  arm: 'text',
  rate: 'number',
  epoch: 'count',
  trainingLoss: 'number or null',
  validation: 'object',
  test: 'object',
  seconds: 'number',
};
const machine: Shape = { cpu: 'text', cores: 'number', memoryGiB: 'number' };
const cost: Shape = { depth: 'number', parameters: 'number', multiplyAdds: 'number' };
const score: Shape = { score: 'number or null', loss: 'number or null' };

/**
 * One line of results. Scores that had to be written as null, for want of a NaN in JSON, are NaN again.
 *
 * @throws Error saying which field isn't what it should be.
 */
export function parseLine(text: string): ResultLine {
  const fields: unknown = JSON.parse(text);
  if (!isObject(fields)) throw new Error('not an object');
  switch (fields.type) {
    case 'session':
      hold(fields, session);
      hold(fields.machine as Fields, machine, 'machine.');
      return fields as unknown as SessionLine;
    case 'fusion':
      hold(fields, fusion);
      hold(fields.teacher as Fields, cost, 'teacher.');
      hold(fields.student as Fields, cost, 'student.');
      return fields as unknown as FusionLine;
    case 'epoch': {
      hold(fields, epoch);
      const [validation, test] = (['validation', 'test'] as const).map((part) => {
        hold(fields[part] as Fields, score, `${part}.`);
        return scoreOf(fields[part] as Fields);
      });
      return { ...fields, validation, test } as unknown as EpochLine;
    }
    default:
      throw new Error(`type is ${JSON.stringify(fields.type)}, not session, fusion or epoch`);
  }
}

function isObject(value: unknown): value is Fields {
  return kinds.object(value);
}

function hold(fields: Fields, shape: Shape, within = ''): void {
  for (const [name, kind] of Object.entries(shape)) {
    if (!kinds[kind](fields[name])) {
      throw new Error(`${within}${name} is ${JSON.stringify(fields[name])}, not a ${kind}`);
    }
  }
}

function scoreOf(fields: Fields): Score {
  return { score: (fields.score ?? Number.NaN) as number, loss: (fields.loss ?? Number.NaN) as number };
}
