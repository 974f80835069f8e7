import type { LayersModel } from '@fuseinit/tfjs';
import type { Device } from '../../backend/start-backend.js';
import type { Samples } from '../../data/open-samples.js';
import type { Session } from '../../program/run-command.js';
import type { PlanCommandOptions } from './plan-options.js';

/** What plans are made and tried with. */
export interface PlanningWork {
  readonly device: Device;
  readonly teacher: LayersModel;
  readonly samples: Samples;
  readonly labels: ArrayLike<number> | undefined;
  readonly options: PlanCommandOptions;
  readonly session: Session;
}
