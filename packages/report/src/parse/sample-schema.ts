import * as z from 'zod';
import type { SampleImage, SampleOutput, SampleReport, SampleValues } from '../data/sample-report.js';

const imageSchema: z.ZodType<SampleImage> = z
  .object({
    kind: z.literal('image'),
    width: z.int().positive(),
    height: z.int().positive(),
    channels: z.union([z.literal(1), z.literal(3)]),
    pixels: z.base64(),
    range: z.tuple([z.number(), z.number()]),
  })
  .refine(
    ({ width, height, channels, pixels }) =>
      pixels.replace(/=+$/, '').length === Math.ceil((width * height * channels * 4) / 3),
    'as many pixels as width, height and channels say',
  );

const valuesSchema: z.ZodType<SampleValues> = z.object({
  kind: z.literal('values'),
  shape: z.array(z.number()),
  values: z.array(z.number()),
});

const outputSchema: z.ZodType<SampleOutput> = z
  .object({ teacher: z.array(z.number()), student: z.array(z.number()) })
  .refine(({ teacher, student }) => teacher.length === student.length, 'as many numbers of both networks');

export const sampleSchema: z.ZodType<SampleReport> = z.object({
  index: z.number(),
  label: z.number().nullable(),
  disagreement: z.number(),
  inputs: z.array(z.union([imageSchema, valuesSchema])),
  outputs: z.array(outputSchema),
});
