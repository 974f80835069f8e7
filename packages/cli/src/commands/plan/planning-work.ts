import type { Device } from '@fuseinit/node-backends';
import type { LayersModel } from '@fuseinit/tfjs';
import type { Samples } from '../../data/open-samples.js';
import type { SampleLabels } from '../../data/read-labels.js';
import type { Session } from '../../program/run-command.js';
import type { PlanCommandOptions } from './plan-options.js';

/** What plans are made and tried with. */
export interface PlanningWork {
  readonly device: Device;
  readonly teacher: LayersModel;
  readonly samples: Samples;
  readonly labels: SampleLabels | undefined;
  readonly options: PlanCommandOptions;
  readonly session: Session;
}
