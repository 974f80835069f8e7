import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniformStream } from '@fuseinit/core';
import { type ArmName, definitionOf, type Experiment } from '../../experiment.js';
import type { EpochLine, FusionLine, ResultLine, SessionLine } from '../../results/result-line.js';

/** A classifier of four convolutions and its two students; small numbers all around. */
export const syntheticExperiment: Experiment = {
  name: 'synthetic',
  title: 'Made up, to draw and count with',
  cuts: '',
  data: 'fashion-mnist-sample',
  samples: { training: 4000, validation: 1000, test: 1000, calibration: 1000 },
  teacher: [],
  initialization: 'he',
  fusions: [
    { from: 'conv3', to: 'conv4' },
    { from: 'conv1', to: 'conv2', kernelSize: 5 },
  ],
  carriesOn: 'fused, refitted',
  arms: [
    'random',
    'random, distilled',
    'inherited',
    'composed',
    'fused, independent',
    'fused',
    'fused, refitted',
    'fused, refitted, distilled',
  ],
  optimizer: 'adam',
  rates: [0.0003, 0.001, 0.003],
  schedule: [],
  batchSize: 32,
  epochs: { teacher: 12, student: 12 },
  seeds: { tuning: [101, 102], trials: [1, 2, 3, 4, 5, 6] },
};

/** Where accuracy starts and what it tends to, each arm. */
const courses: Readonly<Record<ArmName | 'teacher', readonly [number, number]>> = {
  teacher: [0.1, 0.912],
  random: [0.1, 0.89],
  'random, distilled': [0.1, 0.894],
  inherited: [0.35, 0.899],
  composed: [0.62, 0.901],
  'fused, independent': [0.25, 0.897],
  fused: [0.845, 0.905],
  'fused, refitted': [0.872, 0.9055],
  'fused, refitted, distilled': [0.872, 0.908],
};

/** The line that a file of an experiment begins with. */
export function sessionLine(experiment: Experiment = syntheticExperiment): SessionLine {
  return {
    type: 'session',
    experiment: experiment.name,
    definition: definitionOf(experiment),
    preparation: 'Pixels | made up.',
    versions: { '@tensorflow/tfjs': '4.22.0', node: 'v20.20.2' },
    backend: 'wasm',
    machine: { cpu: 'made up', cores: 2, memoryGiB: 8 },
    threads: 1,
    startedAt: '2026-01-01T00:00:00.000Z',
  };
}

/** A line of one epoch; the test score is the one given. */
export function epochLine(line: Partial<EpochLine> & { readonly score: number | null }): EpochLine {
  const { score, ...rest } = line;
  const measured = { score: score as number, loss: 0.3 };
  return {
    type: 'epoch',
    purpose: 'trial',
    seed: 1,
    stage: 1,
    arm: 'random',
    rate: 0.001,
    epoch: 0,
    trainingLoss: 0.2,
    validation: measured,
    test: measured,
    seconds: 2,
    at: '2026-01-01T00:00:00.000Z',
    ...rest,
  };
}

/** A line of one fusion of 1,234,567 parameters. */
export function fusionLine(line: Partial<FusionLine>): FusionLine {
  return {
    type: 'fusion',
    purpose: 'trial',
    seed: 1,
    stage: 1,
    start: 'fused',
    heldOutRelativeMse: 0.1,
    ridge: 0.001,
    kernelSize: [5, 5],
    teacher: { depth: 5, parameters: 32442, multiplyAdds: 4_640_000 },
    student: { depth: 4, parameters: 31258, multiplyAdds: 4_440_000 },
    seconds: 1.5,
    ...line,
  };
}

/**
 * Lines of each file of a whole experiment. Seeds shift all arms alike, by more than what the arms differ by.
 *
 * @param scoreOf Turns an accuracy into the experiment's score.
 */
export function syntheticLines(
  experiment: Experiment = syntheticExperiment,
  scoreOf = (accuracy: number) => accuracy,
): ReadonlyMap<string, readonly ResultLine[]> {
  const files = new Map<string, ResultLine[]>();
  const purposes = [
    ['tuning', experiment.seeds.tuning],
    ['trial', experiment.seeds.trials],
  ] as const;
  for (const [purpose, seeds] of purposes) {
    for (const seed of seeds) {
      const uniform = uniformStream(seed);
      const shift = (uniform() - 0.5) * 0.012;
      const lines: ResultLine[] = [sessionLine(experiment)];
      const train = (stage: number, arm: ArmName | 'teacher', rate: number) => {
        const [start, tends] = courses[arm];
        const toward = tends + shift - 0.012 * Math.max(0, stage - 1) - (rate === 0.001 ? 0 : 0.004);
        const epochs = arm === 'teacher' ? experiment.epochs.teacher : experiment.epochs.student;
        for (let epoch = 0; epoch <= epochs; epoch++) {
          const noise = (uniform() - 0.5) * 0.006;
          const left = (toward - start) * (epoch === 0 ? 1 : 0.28 * Math.exp(-(epoch - 1) / 3));
          const score = scoreOf(toward - left + noise);
          lines.push(epochLine({ purpose, seed, stage, arm, rate, epoch, score }));
        }
      };
      const rates = purpose === 'tuning' ? experiment.rates : [0.001];
      for (const rate of rates) train(0, 'teacher', rate);
      experiment.fusions.forEach((_, index) => {
        const stage = index + 1;
        (['independent', 'fused', 'refitted'] as const).forEach((start, order) => {
          const heldOutRelativeMse = [0.69, 0.073, 0.071][order]! * stage + uniform() * 0.01;
          lines.push(fusionLine({ purpose, seed, stage, start, heldOutRelativeMse }));
        });
        for (const arm of experiment.arms) for (const rate of rates) train(stage, arm, rate);
      });
      files.set(`${purpose}-${seed}.jsonl`, lines);
    }
  }
  return files;
}

/** Writes files of lines to a new folder's folder of the experiment's name; returns the new folder. */
export function writeLines(
  name: string,
  files: ReadonlyMap<string, readonly (ResultLine | string)[]>,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'fuseinit-report-'));
  mkdirSync(join(folder, name));
  for (const [file, lines] of files) {
    const text = lines
      .map((line) => (typeof line === 'string' ? line : `${JSON.stringify(line)}\n`))
      .join('');
    writeFileSync(join(folder, name, file), text);
  }
  return folder;
}
