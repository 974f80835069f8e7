/** The task of a network, which determines its score: accuracy, or a relative square error. */
export type Task = 'classification' | 'regression';

/** Larger accuracies and smaller errors are better. */
const direction: Readonly<Record<Task, 1 | -1>> = { classification: 1, regression: -1 };

/**
 * Returns the amount by which `score` is better than `other`, in the score's unit; negative if it is worse.
 */
export function advantage(task: Task, score: number, other: number): number {
  // (score - other) * direction would give -0 for equal errors.
  return direction[task] === 1 ? score - other : other - score;
}

/** The scores of a network on samples that it wasn't trained on. */
export interface Score {
  /** The accuracy, or for regression the mean square error over the variance of the targets. */
  readonly score: number;
  readonly loss: number;
}

/** The key of the training run that a line belongs to, unique for each run. */
export interface RunKey {
  /** Seeds of `tuning` serve to choose learning rates and nothing else. */
  readonly purpose: 'tuning' | 'trial';
  readonly seed: number;
  /** The number of fusions done; 0 is the teacher. */
  readonly stage: number;
  /** An arm's name, or `teacher` for stage 0. */
  readonly arm: string;
  readonly rate: number;
}

/** One start of the command: the environment of the lines up to the next session line. */
export interface SessionLine {
  readonly type: 'session';
  readonly experiment: string;
  /**
   * The SHA-256 of the experiment's definition in hexadecimal: results of different definitions aren't mixed.
   */
  readonly definition: string;
  /** Says how the data were split and normalised. */
  readonly preparation: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly backend: string;
  readonly machine: { readonly cpu: string; readonly cores: number; readonly memoryGiB: number };
  readonly threads: number;
  /** The start time in ISO 8601, UTC. */
  readonly startedAt: string;
}

/** A student as it was made: its cost, and each solved layer's error. */
export interface FusionLine {
  readonly type: 'fusion';
  readonly purpose: RunKey['purpose'];
  readonly seed: number;
  readonly stage: number;
  /** `independent`, `fused` or `refitted`. */
  readonly start: string;
  readonly heldOutRelativeMse: number | null;
  readonly ridge: number;
  readonly kernelSize: readonly number[] | null;
  readonly teacher: Cost;
  readonly student: Cost;
  readonly seconds: number;
}

export interface Cost {
  readonly depth: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
}

/** One epoch of one run; epoch 0 is before any training. */
export interface EpochLine extends RunKey {
  readonly type: 'epoch';
  readonly epoch: number;
  /** The mean over the epoch's batches; null for epoch 0. */
  readonly trainingLoss: number | null;
  readonly validation: Score;
  readonly test: Score;
  /** The time of the epoch, including the measurement of scores. */
  readonly seconds: number;
  /** The time of the line in ISO 8601, UTC. */
  readonly at: string;
}

export type ResultLine = SessionLine | FusionLine | EpochLine;

/** Whether a run has diverged. JSON has no NaN, so that NaN is null in a line of results. */
export function hasDiverged({ score, loss }: Score): boolean {
  return !Number.isFinite(score) || !Number.isFinite(loss);
}

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
 * Parses one line of results. Scores that are null in JSON, which has no NaN, become NaN again.
 *
 * @throws Error with the field that is wrong.
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
