import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareLatency, type Latency } from '@fuseinit/planner';
import type { FusionReport, NetworkLatency } from '@fuseinit/report';
import type { FuseReport, LayersModel } from '@fuseinit/tfjs';
import { type ModelFormat, outputWidth, runnableLayers } from '@fuseinit/tfjs/internal';
import { heldOutSamples, readSize } from '../../data/open-samples.js';
import { labelsAt } from '../../data/read-labels.js';
import { comparedInputs, type Work } from '../../model/work.js';
import { classNamesBeside, copyMetadata } from '../../output/metadata.js';
import type { ModelOutputOptions } from '../../output/model-output.js';
import { unwritable } from '../../output/output-errors.js';
import type { OutputFolder } from '../../output/output-folder.js';
import { storeStudent } from '../../output/store-student.js';
import { commandLine, version } from '../../program/version.js';
import { predictedErrors, type StudentPlan } from '../plan/plan-report.js';
import { type SavedStudent, savedStudent } from './fusion-text.js';
import { type ThreeNetworks, threeNetworks } from './network-figures.js';

/** A fused student that is to be saved. */
export interface FinishedStudent {
  readonly student: LayersModel;
  readonly fused: FuseReport;
  readonly output: OutputFolder;
  readonly options: ModelOutputOptions & {
    readonly output: string;
    readonly classes?: readonly string[] | undefined;
  };
  /** The options that the student was made with, as JSON. */
  readonly settings: object;
  /** Whether report.json and report.html are written beside the model. */
  readonly withReport: boolean;
  /** The plan by which the spans were chosen. */
  readonly plan?: StudentPlan | undefined;
}

/** A saved student, as a command prints it. */
export interface FinishedOutput {
  readonly saved: SavedStudent;
  /**
   * The largest difference that the type of the weights makes to an output, relative to the largest number.
   */
  readonly difference: number;
  readonly report: FusionReport | undefined;
  readonly networks: ThreeNetworks;
}

/**
 * Saves a student in its folder with the metadata of its teacher and, if wanted, a report, and publishes the
 * folder.
 *
 * @throws LAYER_UNSUPPORTED for a layer that can't be converted to a GraphModel.
 * @throws OUTPUT_UNWRITABLE if the folder can't be written.
 */
export async function finishStudent(
  work: Work,
  { student, fused, output, options, settings, withReport, plan }: FinishedStudent,
): Promise<FinishedOutput> {
  const { device, teacher, samples, session } = work;
  const { signal, warn } = session;
  const { format } = options;
  const inputs = [await comparedInputs(work, teacher.given, samples, signal)];
  try {
    const stored = await storeStudent(
      device.tf,
      student,
      output,
      { ...options, before: teacher.weights, inputs, samples, signal },
      warn,
    );
    const { weights, rounded, difference } = stored;
    await copyMetadata(teacher.path, output.draft, output.path);
    const report = withReport
      ? await reportStudent(work, {
          student: stored.model,
          fused,
          format,
          settings: { ...settings, format, weights, rounded },
          classes: options.classes,
          plan,
        })
      : undefined;
    if (report) await writeReport(report, output);
    signal.throwIfAborted();
    await output.publish();
    return {
      saved: savedStudent(options, stored, withReport),
      difference,
      report,
      networks: threeNetworks(teacher, fused, report),
    };
  } finally {
    device.tf.dispose(inputs.flatMap(({ tensors }) => tensors));
  }
}

/** A student that is compared with its teacher. */
interface ComparedStudent extends Pick<FinishedStudent, 'student' | 'fused' | 'settings' | 'plan'> {
  /** The format that the student is saved in; the simplified teacher is timed in the same. */
  readonly format: ModelFormat;
  readonly classes: readonly string[] | undefined;
}

/** Compares a student with its teacher, as given and simplified, on the held-out samples. */
export async function reportStudent(
  { device, teacher, samples, labels, session: { signal, progress } }: Work,
  { student, fused, format, settings, classes, plan }: ComparedStudent,
): Promise<FusionReport> {
  const { tf } = device;
  // The report draws charts with a large library, which nothing else needs.
  const { createReport } = await import('@fuseinit/report');
  progress.show('timing', 0.8);
  const given = teacher.given === teacher.model && format === 'layers' ? undefined : teacher.given;
  const [ofTeacher, ofStudent, ofGiven] = await compareLatency(
    tf,
    [teacher.model, student, ...(given ? [runnableLayers(given)] : [])],
    { format, inputShapes: [samples.shape], signal },
  );
  progress.show('comparing on held-out samples', 0.9);
  const heldOut = heldOutSamples(samples, readSize, signal);
  const classNames = classes ?? (await classNamesBeside(teacher.path));
  return createReport({
    tf,
    ...(given && { given, givenLatency: networkLatency(ofGiven!) }),
    teacher: teacher.model,
    student,
    fused,
    ...(plan && { plan: plan.report, predicted: predictedErrors(plan, fused) }),
    data: heldOut.batches,
    inputShapes: [samples.shape],
    ...(labels && { labels: labelsAt(labels, heldOut.places), task: labels.task }),
    ...(labels?.threshold !== undefined && { threshold: labels.threshold }),
    ...(classNames && classNames.length === Math.max(2, outputWidth(teacher.given)) && { classNames }),
    latency: {
      backend: device.name,
      batchSize: 1,
      format,
      teacher: networkLatency(ofTeacher!),
      student: networkLatency(ofStudent!),
      ratio: ofStudent!.ratio,
    },
    versions: { fuseinit: version, node: process.version, backend: device.computesOn },
    command: commandLine(),
    settings: { data: samples.description, ...settings },
    createdAt: new Date().toISOString(),
    signal,
  });
}

function networkLatency({ median, low, high, count }: Latency): NetworkLatency {
  // Other models have run in this process before; fuseinit bench times first runs.
  return { first: null, warm: { median, low, high, count } };
}

/**
 * Writes report.json and report.html.
 *
 * @throws OUTPUT_UNWRITABLE if the folder can't be written.
 */
async function writeReport(report: FusionReport, { draft, path }: OutputFolder): Promise<void> {
  const { renderReport } = await import('@fuseinit/report');
  const html = renderReport(report);
  try {
    await writeFile(join(draft, 'report.json'), `${JSON.stringify(report, null, 2)}\n`, { flush: true });
    await writeFile(join(draft, 'report.html'), html, { flush: true });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}
