import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compareLatency, type Latency } from '@fuseinit/planner';
import type { FusionReport, NetworkLatency } from '@fuseinit/report';
import type { FuseReport, LayersModel } from '@fuseinit/tfjs';
import { type ModelFormat, outputWidth, runnableLayers } from '@fuseinit/tfjs/internal';
import { heldOutSamples } from '../../data/held-out-samples.js';
import { readSize } from '../../data/open-samples.js';
import { labelsAt } from '../../data/read-labels.js';
import type { Work } from '../../model/work.js';
import { classNamesBeside } from '../../output/metadata.js';
import { unwritable } from '../../output/output-errors.js';
import type { OutputFolder } from '../../output/output-folder.js';
import { commandLine } from '../../program/command-line.js';
import { version } from '../../program/version.js';

/** A student that is finished, as it is saved. */
export interface FinishedStudent {
  readonly student: LayersModel;
  readonly fused: FuseReport;
  /** What it is saved as: the simplified teacher is timed as the same. */
  readonly format: ModelFormat;
  /** How it was made, as far as that is JSON. */
  readonly settings: object;
  readonly classes: readonly string[] | undefined;
}

/** Compares a student with its teacher, as given and simplified, on the samples held out. */
export async function reportStudent(
  { device, teacher, samples, labels, session: { signal, progress } }: Work,
  { student, fused, format, settings, classes }: FinishedStudent,
): Promise<FusionReport> {
  const { tf } = device;
  // It draws charts by a large library, which only it needs.
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

function networkLatency({ first, median, low, high, count }: Latency): NetworkLatency {
  return { first, warm: { median, low, high, count } };
}

/**
 * Writes report.json and report.html.
 *
 * @throws OUTPUT_UNWRITABLE
 */
export async function writeReport(report: FusionReport, { draft, path }: OutputFolder): Promise<void> {
  const { renderReport } = await import('@fuseinit/report');
  const html = renderReport(report);
  try {
    await writeFile(join(draft, 'report.json'), `${JSON.stringify(report, null, 2)}\n`, { flush: true });
    await writeFile(join(draft, 'report.html'), html, { flush: true });
  } catch (cause) {
    throw unwritable(path, cause);
  }
}
