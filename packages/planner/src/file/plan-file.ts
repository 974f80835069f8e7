import { FuseInitError } from '@fuseinit/core';
import { z } from 'zod';

const span = z.strictObject({
  from: z.string().min(1).describe('The first layer of the span, by its name.'),
  to: z.string().min(1).describe('The last layer of the span.'),
  kernelSize: z
    .union([z.int().positive(), z.array(z.int().positive()).min(1).max(2)])
    .nullable()
    .optional()
    .describe('Of a fused convolution; left out or null: the whole receptive field.'),
});

const predictedSpan = span.extend({
  relativeMse: z.number().min(0).describe('Of the fused layer.'),
  outputRelativeMse: z.number().min(0).describe('Of the outputs with this span alone.'),
});

const budget = z.discriminatedUnion('of', [
  z.strictObject({
    of: z.enum(['latency', 'parameters', 'depth']),
    amount: z.strictObject({
      value: z.number().positive().describe('Seconds of a latency, or a share.'),
      isShare: z.boolean().describe("Whether it is a share of the teacher's cost."),
    }),
  }),
  z.strictObject({ of: z.literal('error'), most: z.number().min(0) }),
]);

const costs = z.strictObject({
  latency: z.number().min(0).describe('Seconds for one batch.'),
  parameters: z.number().min(0),
  multiplyAdds: z.number().min(0).describe('For one sample.'),
  depth: z.number().min(0).describe('Layers that hold weights.'),
});

/**
 * The schema of a plan file: the spans for `fuse`, and the predictions at the time when the plan was made.
 */
export const planFileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    specVersion: z.literal(1),
    teacher: z
      .strictObject({
        name: z.string(),
        fingerprint: z
          .string()
          .describe('Of its layers and weights. Left out, the plan is for any model that has the layers.')
          .optional(),
      })
      .describe('The model that the plan is for.'),
    spans: z.array(span).min(1).describe('To be fused into one layer each; they must not overlap.'),
    predicted: z
      .strictObject({
        backend: z.string(),
        batchSize: z.int().positive(),
        budget: budget.describe('What the plan was chosen for.'),
        spans: z.array(predictedSpan).describe('The spans of the prediction: those of the plan as it was.'),
        outputRelativeMse: z.number().min(0).describe('The sum over the spans.'),
        student: costs,
        teacher: costs,
      })
      .optional()
      .describe('What was predicted when the plan was made. Ignored once other spans are in the plan.'),
  })
  .describe('Which layers of a model FuseInit is to fuse.');

/** A plan as it is stored in JSON. */
export type PlanFile = z.infer<typeof planFileSchema>;

/** What was predicted when a plan was made. */
export type PlanPrediction = NonNullable<PlanFile['predicted']>;

/** Returns the prediction of a plan; undefined if there is none or the plan has other spans by now. */
export function predictionOf({ spans, predicted }: PlanFile): PlanPrediction | undefined {
  const named = (all: PlanFile['spans']) =>
    JSON.stringify(all.map(({ from, to, kernelSize }) => [from, to, [kernelSize ?? []].flat()]));
  return predicted && named(spans) === named(predicted.spans) ? predicted : undefined;
}

/**
 * Parses a plan from the text of a file, which a person may have edited.
 *
 * @param source The name of the plan in errors.
 * @throws PLAN_INVALID with the path and the reason of every fault.
 */
export function parsePlan(text: string, source: string): PlanFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new FuseInitError('PLAN_INVALID', `${source} is no JSON: ${(cause as Error).message}.`, { cause });
  }
  const parsed = planFileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${path.length > 0 ? path.join('.') : 'the whole'}: ${message}`,
  );
  throw new FuseInitError('PLAN_INVALID', `${source} is no plan. ${faults.join('; ')}.`);
}

/** The published JSON schema of a plan. */
export function planJsonSchema(): object {
  return z.toJSONSchema(planFileSchema);
}
