import { sizeOf } from '@fuseinit/core';
import * as z from 'zod';
import type { Answers, LabelAccuracy, LabelledAnswers, ValueError } from '../data/answers.js';
import {
  type FusionReport,
  type GivenTeacher,
  type LatencyReport,
  type LayerError,
  type NetworkLatency,
  type PlanReport,
  type PositionErrors,
  type ReportedLayer,
  type ReportedNetwork,
  reportVersion,
  type SampleImage,
  type SampleOutput,
  type SampleReport,
  type SampleValues,
  type SpanResult,
} from '../data/fusion-report.js';

const labelledSchema: z.ZodType<LabelledAnswers> = z.object({
  teacherAccuracy: z.number(),
  studentAccuracy: z.number(),
  bothRight: z.number(),
  onlyTeacherRight: z.number(),
  onlyStudentRight: z.number(),
  bothWrong: z.number(),
  classes: z.array(z.object({ count: z.number(), teacherRight: z.number(), studentRight: z.number() })),
});

const labelAccuracySchema: z.ZodType<LabelAccuracy> = z.object({
  binaryAccuracy: z.number(),
  exactMatch: z.number(),
});

const valueErrorSchema: z.ZodType<ValueError> = z.object({
  meanSquareError: z.number(),
  meanAbsoluteError: z.number(),
});

const answersSchema: z.ZodType<Answers> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('classes'), agreement: z.number(), labelled: labelledSchema.nullable() }),
  z.object({
    kind: z.literal('labels'),
    agreement: z.number(),
    sampleAgreement: z.number(),
    labelled: z
      .object({
        teacher: labelAccuracySchema,
        student: labelAccuracySchema,
        standardError: z.number().nullable(),
      })
      .nullable(),
  }),
  z.object({
    kind: z.literal('values'),
    teacher: valueErrorSchema,
    student: valueErrorSchema,
    labelVariance: z.number(),
  }),
]);

const layerSchema: z.ZodType<ReportedLayer> = z.object({
  name: z.string(),
  className: z.string(),
  outputShape: z.array(z.number().nullable()),
  readsFrom: z.array(z.string()),
  isOutput: z.boolean(),
  parameters: z.number(),
  multiplyAdds: z.number(),
});

const costSchema: z.ZodType<ReportedNetwork['cost']> = z.object({
  depth: z.number(),
  parameters: z.number(),
  multiplyAdds: z.number(),
  bytes: z.number(),
});

const networkSchema: z.ZodType<ReportedNetwork> = z.object({
  name: z.string(),
  cost: costSchema,
  layers: z.array(layerSchema),
});

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

const sampleSchema: z.ZodType<SampleReport> = z.object({
  index: z.number(),
  label: z.number().nullable(),
  disagreement: z.number(),
  inputs: z.array(z.union([imageSchema, valuesSchema])),
  outputs: z.array(outputSchema),
});

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

const spanSchema: z.ZodType<SpanResult> = z.object({
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

const networkLatencySchema: z.ZodType<NetworkLatency> = z.object({
  first: z.number().nullable(),
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

const pointSchema = z.object({ share: z.number(), outputRelativeMse: z.number() });

const planSchema: z.ZodType<PlanReport> = z.object({
  cost: z.enum(['latency', 'parameters', 'multiplyAdds', 'depth']),
  budget: z.object({ of: z.enum(['share', 'error']), most: z.number() }),
  predicted: pointSchema,
  front: z.array(pointSchema),
  tried: z.array(pointSchema),
});

/** The schema is typed as the report, so that a field that one of them lacks doesn't compile. */
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
  plan: planSchema.nullable().default(null),
  disagreeing: z.number(),
  disagreements: z.array(sampleSchema),
  warnings: z.array(z.string()),
  reproduction: z.object({
    command: z.string().nullable(),
    settings: z.record(z.string(), z.unknown()),
    versions: z.record(z.string(), z.string()),
  }),
});
