import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Plan } from '../plan/plan.js';
import { parsePlan, planJsonSchema, predictionOf } from './plan-file.js';
import { toPlanFile } from './to-plan-file.js';

const costs = { latency: 0.001, parameters: 10, multiplyAdds: 20, depth: 2 };
const plan: Plan = {
  costs,
  outputRelativeMse: 0.1,
  spans: [
    {
      from: 'a',
      to: 'b',
      layers: ['a', 'b'],
      className: 'Conv2D',
      kernelSize: [3, 3],
      relativeMse: 0.2,
      outputRelativeMse: 0.1,
      change: { latency: -0.001, parameters: -10, multiplyAdds: -20, depth: -1 },
    },
  ],
};
const file = toPlanFile(plan, {
  teacher: { name: 'teacher', fingerprint: '0badcafe', costs },
  backend: 'wasm',
  batchSize: 1,
  budget: { of: 'latency', amount: { value: 0.5, isShare: true } },
});

test('a prediction is that of the plan as it was made: one whose spans were edited has none', () => {
  expect(predictionOf(file)).toBe(file.predicted);
  expect(predictionOf(file)).toMatchObject({ outputRelativeMse: 0.1, spans: [{ relativeMse: 0.2 }] });
  expect(predictionOf({ ...file, spans: [{ from: 'a', to: 'b', kernelSize: 5 }] })).toBeUndefined();
  expect(predictionOf({ ...file, spans: [...file.spans, { from: 'c', to: 'd' }] })).toBeUndefined();
});

test('a plan is read back as it was written', () => {
  expect(parsePlan(JSON.stringify(file), 'plan.json')).toEqual(file);
});

test('a plan that a person wrote needs spans and little else', () => {
  const text =
    '{ "specVersion": 1, "teacher": { "name": "t" }, "spans": [{ "from": "a", "to": "b", "kernelSize": 3 }] }';
  expect(parsePlan(text, 'plan.json').spans).toEqual([{ from: 'a', to: 'b', kernelSize: 3 }]);
});

test.each([
  ['{', /plan.json is no JSON/],
  ['[]', /the whole/],
  ['{}', /specVersion.*teacher.*spans/],
  [JSON.stringify({ ...file, specVersion: 2 }), /specVersion/],
  [JSON.stringify({ ...file, spans: [] }), /spans/],
  [JSON.stringify({ ...file, spans: [{ from: 'a', to: 'b', kernelSize: 0 }] }), /spans\.0\.kernelSize/],
  [JSON.stringify({ ...file, spans: [{ from: '', to: 3 }] }), /spans\.0\.from.*spans\.0\.to/],
  [JSON.stringify({ ...file, spans: [{ from: 'a', to: 'b', kernal: 3 }] }), /kernal/],
])('what is no plan is refused with every fault: %s', (text, message) => {
  expect(() => parsePlan(text, 'plan.json')).toThrow(message);
  expect(() => parsePlan(text, 'plan.json')).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }));
});

test('the published schema is that of the parser: npm run plan-schema writes it', () => {
  const published = readFileSync(new URL('../../plan.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(published)).toEqual(planJsonSchema());
});
