import { sizeOf } from '@fuseinit/core';
import * as z from 'zod';
import type { LayerError, PositionErrors } from '../data/layer-error.js';
import type { SpanResult } from '../data/span-result.js';

const lengths = z.array(z.int().positive());

const positionsSchema: z.ZodType<PositionErrors> = z
  .object({
    layerShape: lengths,
    shape: lengths.min(1).max(2),
    relativeMse: z.array(z.number()),
  })
  .refine(({ shape, relativeMse }) => sizeOf(shape) === relativeMse.length, 'as many errors as shape says');

const errorSchema: z.ZodType<LayerError> = z.object({
  relativeMse: z.number(),
  channels: z.array(z.object({ meanSquareError: z.number(), variance: z.number(), relativeMse: z.number() })),
  positions: positionsSchema.nullable(),
});

export const spanSchema: z.ZodType<SpanResult> = z.object({
  name: z.string(),
  className: z.string(),
  layers: z.array(z.string()),
  replacedBy: z.array(z.string()),
  kernelSize: lengths.nullable(),
  receptiveField: lengths.nullable(),
  samples: z.number(),
  heldOutSamples: z.number(),
  ridge: z.number(),
  conditionEstimate: z.number(),
  patchSize: z.number(),
  rank: z.number(),
  predictedRelativeMse: z.number().nullable(),
  solvedRelativeMse: z.number(),
  heldOutRelativeMse: z.number().nullable(),
  heldOutStandardError: z.number().nullable().default(null),
  final: errorSchema,
});
