import { beforeAll, describe, expect, test } from 'vitest';
import type { FusionReport } from './data/fusion-report.js';
import { renderReport } from './render-report.js';
import { everyReport, latency, poison, poisoned } from './testing-support/reports.test-support.js';

let reports: Awaited<ReturnType<typeof everyReport>>;
beforeAll(async () => {
  reports = await everyReport();
}, 60_000);

/** What a reader sees: no tags, no styles. */
const textOf = (page: string) =>
  page
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
const changed = (change: Partial<FusionReport>) => textOf(renderReport({ ...reports.digits, ...change }));

describe.each(['digits', 'branches', 'series', 'table'] as const)('a page of %s', (kind) => {
  test('refers to nothing outside of it', () => {
    const page = renderReport(reports[kind]);
    expect(page).not.toMatch(/https?:|url\(|@import|<script|<link|<iframe/i);
    for (const [, address] of page.matchAll(/(?:src|href|srcset|action|data)="([^"]*)"/g)) {
      expect(address).toMatch(/^data:image\/png;base64,/);
    }
  });

  test('shows no value that is none', () => {
    expect(renderReport(reports[kind])).not.toMatch(/undefined|NaN|Infinity|\[object|>null</);
  });

  test('is the same again', () => {
    const first = renderReport(reports[kind]);
    renderReport(reports.digits);
    expect(renderReport(JSON.parse(JSON.stringify(reports[kind])) as FusionReport)).toBe(first);
  });

  test('escapes every text', () => {
    const page = renderReport(poisoned(reports[kind]));
    expect(page).not.toMatch(/<script|<img src=x/);
    expect(page.match(/<\/style>/g)).toHaveLength(1);
    expect(page.match(/<\/title>/g)).toHaveLength(1);
    expect(page).toContain('&lt;script&gt;');
    expect(page.split('onerror=').every((before) => !before.endsWith(`<img src=x `))).toBe(true);
    expect(page).not.toContain(poison);
  });

  test('says the words of every picture', () => {
    const page = renderReport(reports[kind]);
    for (const [image] of page.matchAll(/<img [^>]*>/g)) expect(image).toMatch(/ alt="[^"]{5,}"/);
    for (const [chart] of page.matchAll(/<svg class="chart"[^>]*>/g))
      expect(chart).toMatch(/ aria-label="[^"]{5,}"/);
    expect(page.match(/<svg class="chart"/g)!.length).toBeGreaterThan(1);
  });
});

describe('says plainly', () => {
  test('that a student is faster, and by how much', () => {
    expect(changed({ latency: latency(0.003, 0.002) })).toContain(
      'The student is 1.50× as fast (1.23× to 1.83×).',
    );
  });

  test('that a student is not', () => {
    expect(changed({ latency: latency(0.002, 0.003) })).toContain(
      'The student is NOT faster: 0.67× the speed',
    );
    expect(changed({ latency: latency(0.002, 0.002) })).toContain(
      'The student is NOT faster: 1.00× the speed',
    );
  });

  test('that it may be, as far as the measurement tells', () => {
    expect(changed({ latency: latency(0.0021, 0.002) })).toContain('but that can&#39;t be told from chance');
  });

  test('by a ratio measured in turns, where there is one, whatever the spreads', () => {
    const ratio = { median: 0.95, low: 0.9375, high: 0.96 };
    expect(changed({ latency: { ...latency(0.0021, 0.002), ratio } })).toContain(
      'The student is 1.05× as fast (1.04× to 1.07×).',
    );
  });

  test('what simplifying gained, apart from what the fusion did', () => {
    const text = textOf(renderReport(reports.branches));
    expect(text).toContain('The student is 1.50× as fast as the simplified teacher (1.23× to 1.83×).');
    expect(text).toMatch(
      /teacher as given simplified student ratio .* warm latency 4\.00 ms 3\.00 ms 2\.00 ms 0\.67×/,
    );
    expect(text).toMatch(/4\.00 ms as given/);
  });

  test('that nobody measured it', () => {
    expect(changed({ latency: null })).toContain('Its speed was not measured.');
  });

  test('that there is no disagreement', () => {
    const text = changed({ disagreeing: 0, disagreements: [] });
    expect(text).toContain('No disagreement: on all 150 samples');
    expect(text).toContain('the same to the last bit');
  });

  test('every warning', () => {
    expect(changed({ warnings: ['It grew.', 'Few samples.'] })).toMatch(/2 warnings It grew\. Few samples\./);
    expect(changed({ warnings: [] })).not.toContain('warning');
  });

  test('what was predicted, held out and found', () => {
    const [span] = reports.digits.spans;
    const text = changed({});
    for (const value of [0.2, span!.heldOutRelativeMse!, span!.final.relativeMse]) {
      expect(text).toContain(` ${value.toFixed(3)} `);
    }
  });

  test('what a plan promised and what came of it, with or without the plans beside it', () => {
    const text = changed({});
    expect(text).toMatch(/chosen for at most 70\.0 % of the teacher's latency/);
    const { relativeMse } = reports.digits.outputs[0]!;
    expect(text).toContain(`predicted 60.0 % 0.200 measured 66.7 % ${relativeMse.toFixed(3)} `);
    const plan = { ...reports.digits.plan!, front: [], tried: [] };
    expect(renderReport({ ...reports.digits, plan }).match(/<svg class="chart"/g)).toHaveLength(
      renderReport(reports.digits).match(/<svg class="chart"/g)!.length - 1,
    );
    expect(changed({ plan: { ...plan, cost: 'depth', budget: { of: 'error', most: 0.1 } } })).toMatch(
      /relative MSE of the output of at most 0\.100.*share of layers that multiply/,
    );
    expect(changed({ plan: null })).not.toContain('The plan behind it');
  });

  test('how to do it again', () => {
    expect(changed({})).toMatch(/fuseinit fuse digits\.json .*&quot;samples&quot;: 400 .*node v20/);
    const none = { command: null, settings: {}, versions: {} };
    expect(changed({ reproduction: none })).toContain('has neither a command nor options');
  });
});

test('a report without a span has a page', () => {
  const page = renderReport({ ...reports.digits, spans: [], refits: [], disagreements: [], outputs: [] });
  expect(page).not.toMatch(/NaN|Infinity/);
  expect(textOf(page)).toMatch(/Nothing was fused: \S+ has 3 layers that multiply, \S+ has 2\./);
});
