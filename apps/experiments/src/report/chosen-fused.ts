import type { ArmName } from '../arm.js';
import { advantage, type Task } from '../results/task.js';
import type { ArmReport } from './arm-report.js';

// Not the one of channels apart: it is there to be compared with.
const candidates: readonly ArmName[] = ['fused', 'fused, refitted'];

/**
 * The arm that stands for fusion: of those trained on labels alone, the best on the validation samples of the
 * tuning seeds. Trials have no say, since the better of two on them would be better than each by luck alone.
 *
 * @returns The last of them where tuning can't tell; undefined where there is none.
 */
export function chosenFused(task: Task, arms: readonly ArmReport[]): ArmName | undefined {
  const fused = arms.filter(({ arm }) => candidates.includes(arm as ArmName));
  const tuned = fused.filter((report) => !Number.isNaN(validation(report)));
  const best = tuned.reduce<ArmReport | undefined>(
    (best, report) => (best && advantage(task, validation(report), validation(best)) <= 0 ? best : report),
    undefined,
  );
  return (best ?? fused.at(-1))?.arm as ArmName | undefined;
}

function validation({ tuning }: ArmReport): number {
  return tuning?.candidates.find(({ rate }) => rate === tuning.rate)?.validation ?? Number.NaN;
}
