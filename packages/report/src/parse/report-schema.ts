import * as z from 'zod';
import { type FusionReport, reportVersion } from '../data/fusion-report.js';
import type { GivenTeacher } from '../data/given-teacher.js';
import type { LatencyReport, NetworkLatency } from '../data/latency-report.js';
import { answersSchema, valueErrorSchema } from './answers-schema.js';
import { costSchema, networkSchema } from './network-schema.js';
import { sampleSchema } from './sample-schema.js';
import { spanSchema } from './span-schema.js';

const networkLatencySchema: z.ZodType<NetworkLatency> = z.object({
  first: z.number(),
  warm: z.object({ median: z.number(), low: z.number(), high: z.number(), count: z.number() }),
});

const latencySchema: z.ZodType<LatencyReport> = z.object({
  backend: z.string(),
  batchSize: z.number(),
  format: z.enum(['layers', 'graph']).exactOptional(),
  teacher: networkLatencySchema,
  student: networkLatencySchema,
  ratio: z.object({ median: z.number(), low: z.number(), high: z.number() }).exactOptional(),
});

const givenSchema: z.ZodType<GivenTeacher> = z.object({
  name: z.string(),
  cost: costSchema,
  latency: networkLatencySchema.nullable(),
  relativeMse: z.array(z.number()),
  agreement: z.number().nullable(),
  accuracy: z.number().nullable(),
  exactMatch: z.number().nullable(),
  error: valueErrorSchema.nullable(),
});

/** Held to the types of a report: a field that one of them lacks doesn't compile. */
export const reportSchema: z.ZodType<FusionReport> = z.object({
  format: z.literal('fuseinit-report'),
  version: z.literal(reportVersion),
  createdAt: z.string().nullable(),
  given: givenSchema.nullable().default(null),
  teacher: networkSchema,
  student: networkSchema,
  spans: z.array(spanSchema),
  refits: z.array(
    z.object({
      name: z.string(),
      className: z.string(),
      applied: z.boolean().default(true),
      ridge: z.number(),
      heldOutRelativeMse: z.number().nullable(),
      unfittedHeldOutRelativeMse: z.number().nullable(),
    }),
  ),
  heldOut: z.object({ share: z.number(), samples: z.number() }).nullable().default(null),
  samples: z.number(),
  outputs: z.array(
    z.object({
      name: z.string(),
      shape: z.array(z.number()),
      relativeMse: z.number(),
      calibrationRelativeMse: z.number().nullable(),
    }),
  ),
  answers: answersSchema.nullable(),
  classNames: z.array(z.string()).nullable(),
  latency: latencySchema.nullable(),
  disagreeing: z.number(),
  disagreements: z.array(sampleSchema),
  warnings: z.array(z.string()),
  reproduction: z.object({
    command: z.string().nullable(),
    settings: z.record(z.string(), z.unknown()),
    versions: z.record(z.string(), z.string()),
  }),
});
