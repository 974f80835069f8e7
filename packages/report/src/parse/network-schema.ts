import * as z from 'zod';
import type { ReportedLayer, ReportedNetwork } from '../data/reported-network.js';

const layerSchema: z.ZodType<ReportedLayer> = z.object({
  name: z.string(),
  className: z.string(),
  outputShape: z.array(z.number().nullable()),
  readsFrom: z.array(z.string()),
  isOutput: z.boolean(),
  parameters: z.number(),
  multiplyAdds: z.number(),
});

export const costSchema: z.ZodType<ReportedNetwork['cost']> = z.object({
  depth: z.number(),
  parameters: z.number(),
  multiplyAdds: z.number(),
  bytes: z.number(),
});

export const networkSchema: z.ZodType<ReportedNetwork> = z.object({
  name: z.string(),
  cost: costSchema,
  layers: z.array(layerSchema),
});
