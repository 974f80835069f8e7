import { datasetNames } from '@fuseinit/datasets';
import { findSpans } from '@fuseinit/tfjs';
import tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { buildTeacher } from '../starts/build-teacher.js';
import { allExperiments } from './all-experiments.js';

test.each(allExperiments.map((experiment) => [experiment.name, experiment] as const))(
  '%s builds a teacher whose first fusion is legal, on data that can be loaded, with seeds apart',
  (_, experiment) => {
    const { data, fusions, seeds, arms, carriesOn, samples } = experiment;
    const teacher = buildTeacher(tf, experiment);
    const [first] = fusions;
    expect(findSpans(teacher).legal.some(({ from, to }) => from === first!.from && to === first!.to)).toBe(
      true,
    );
    teacher.dispose();
    expect(data === 'fashion-mnist-sample' || datasetNames.includes(data)).toBe(true);
    expect(arms).toContain(carriesOn);
    expect(samples.calibration).toBeLessThanOrEqual(samples.training);
    const all = [...seeds.tuning, ...seeds.trials];
    expect(new Set(all).size).toBe(all.length);
  },
);
