import * as z from 'zod';
import type { Answers, LabelAccuracy, LabelledAnswers, ValueError } from '../data/answers.js';

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

export const valueErrorSchema: z.ZodType<ValueError> = z.object({
  meanSquareError: z.number(),
  meanAbsoluteError: z.number(),
});

export const answersSchema: z.ZodType<Answers> = z.discriminatedUnion('kind', [
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
