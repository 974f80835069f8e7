import { FuseInitError } from '@fuseinit/core';
import * as z from 'zod';
import { type FusionReport, reportVersion } from '../data/fusion-report.js';
import { reportSchema } from './report-schema.js';

/**
 * Reads a report back from JSON and checks it completely.
 *
 * @throws DATA_FILE_INVALID if the value is no report of this package; the message says what is wrong where.
 * @throws SPEC_VERSION_UNSUPPORTED for a report of another version.
 */
export function parseReport(json: unknown): FusionReport {
  const { format, version } = (typeof json === 'object' && json !== null ? json : {}) as Record<
    string,
    unknown
  >;
  if (format !== 'fuseinit-report') {
    throw new FuseInitError(
      'DATA_FILE_INVALID',
      'This is no report of @fuseinit/report, whose JSON says "format": "fuseinit-report".',
    );
  }
  if (typeof version === 'number' && version !== reportVersion) {
    throw new FuseInitError(
      'SPEC_VERSION_UNSUPPORTED',
      `The report has version ${version}; this @fuseinit/report reads ${reportVersion}: ${version > reportVersion ? 'update it' : 'make the report again'}.`,
    );
  }
  const parsed = reportSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new FuseInitError('DATA_FILE_INVALID', `The report is damaged: ${z.prettifyError(parsed.error)}`, {
    cause: parsed.error,
  });
}
