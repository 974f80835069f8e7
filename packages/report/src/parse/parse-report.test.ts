import { refusalOf } from '@fuseinit/test-inputs/refusal';
import { beforeAll, expect, test } from 'vitest';
import { everyReport } from '../testing-support/reports.test-support.js';
import { parseReport } from './parse-report.js';

let reports: Awaited<ReturnType<typeof everyReport>>;
beforeAll(async () => {
  reports = await everyReport();
}, 60_000);

test('every report comes back from its JSON', () => {
  for (const report of Object.values(reports)) {
    expect(parseReport(JSON.parse(JSON.stringify(report)))).toEqual(report);
  }
});

test.each([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'report'],
  ['a list', []],
  ['other JSON', { format: 'model', version: 1 }],
])('%s is refused', async (_, json) => {
  const error = await refusalOf(() => parseReport(json));
  expect(error).toMatchObject({ code: 'DATA_FILE_INVALID' });
  expect(error.message).toContain('"format": "fuseinit-report"');
});

test.each([
  [2, /update it/],
  [0, /make the report again/],
])('version %i is refused', async (version, advice) => {
  const error = await refusalOf(() => parseReport({ ...reports.digits, version }));
  expect(error).toMatchObject({ code: 'SPEC_VERSION_UNSUPPORTED' });
  expect(error.message).toMatch(advice);
});

test.each([
  ['samples', 'many', /samples/],
  ['teacher', { name: 'x' }, /teacher/],
  ['spans', [{ name: 1 }], /spans/],
  ['version', 'one', /version/],
  ['warnings', [1], /warnings/],
  ['latency', { backend: 'wasm' }, /latency/],
])('a report whose %s is %j is refused, and says where', async (key, value, message) => {
  const error = await refusalOf(() => parseReport({ ...reports.digits, [key]: value }));
  expect(error).toMatchObject({ code: 'DATA_FILE_INVALID' });
  expect(error.message).toMatch(message);
});

test('pictures and maps must be as large as they say', async () => {
  const { digits } = reports;
  const [sample] = digits.disagreements;
  const image = { ...sample!.inputs[0]!, width: 27 };
  const [span] = digits.spans;
  const positions = { ...span!.final.positions!, shape: [6, 7] };
  for (const change of [
    { disagreements: [{ ...sample!, inputs: [image] }] },
    { spans: [{ ...span!, final: { ...span!.final, positions } }] },
  ]) {
    expect(await refusalOf(() => parseReport({ ...digits, ...change }))).toMatchObject({
      code: 'DATA_FILE_INVALID',
    });
  }
});
