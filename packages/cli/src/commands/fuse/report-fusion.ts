import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '@fuseinit/node-backends';
import { compareLatency } from '@fuseinit/planner';
import type { FusionReport } from '@fuseinit/report';
import type { FuseReport, LayersModel } from '@fuseinit/tfjs';
import { heldOutSamples } from '../../data/held-out-samples.js';
import { readSize, type Samples } from '../../data/open-samples.js';
import { labelsAt, type SampleLabels } from '../../data/read-labels.js';
import { unwritable } from '../../output/output-errors.js';
import type { OutputFolder } from '../../output/output-folder.js';
import { commandLine } from '../../program/command-line.js';
import type { Session } from '../../program/run-command.js';
import { version } from '../../program/version.js';

/** A fusion that was done, and what it was done with. */
interface DoneFusion {
  readonly device: Device;
  readonly teacher: LayersModel;
  readonly student: LayersModel;
  readonly fused: FuseReport;
  readonly samples: Samples;
  readonly labels: SampleLabels | undefined;
}

interface Reporting {
  readonly output: OutputFolder;
  readonly settings: object;
  readonly session: Session;
}

/** Compares both networks on the samples held out, and writes report.json and report.html. */
export async function reportFusion(
  { device, teacher, student, fused, samples, labels }: DoneFusion,
  { output, settings, session: { signal, progress } }: Reporting,
): Promise<FusionReport> {
  const { tf } = device;
  // It draws charts by a large library, which only it needs.
  const { createReport, renderReport } = await import('@fuseinit/report');
  progress.show('timing', 0.8);
  const [ofTeacher, ofStudent] = await compareLatency(tf, [teacher, student], { signal });
  progress.show('comparing on held-out samples', 0.9);
  const heldOut = heldOutSamples(samples, readSize, signal);
  const report = await createReport({
    tf,
    teacher,
    student,
    fused,
    data: heldOut.batches,
    ...(labels && { labels: labelsAt(labels, heldOut.places), task: labels.task }),
    ...(labels?.threshold !== undefined && { threshold: labels.threshold }),
    latency: {
      backend: device.name,
      batchSize: 1,
      teacher: { first: ofTeacher!.first, warm: ofTeacher! },
      student: { first: ofStudent!.first, warm: ofStudent! },
    },
    versions: { fuseinit: version, node: process.version, backend: device.computesOn },
    command: commandLine(),
    settings: { data: samples.description, ...settings },
    createdAt: new Date().toISOString(),
    signal,
  });
  progress.show('writing the report', 0.95);
  const html = await renderReport(report);
  try {
    await writeFile(join(output.draft, 'report.json'), `${JSON.stringify(report, null, 2)}\n`, {
      flush: true,
    });
    await writeFile(join(output.draft, 'report.html'), html, { flush: true });
  } catch (cause) {
    throw unwritable(output.path, cause);
  }
  return report;
}
