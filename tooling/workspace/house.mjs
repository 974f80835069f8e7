// The picture of the packages and of which imports which, made from their package.json files: `npm run
// docs:house` writes docs/packages.md, and `npm run check:docs` says when it is out of date.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './pack.mjs';

const page = join(root, 'docs/packages.md');
const scope = '@fuseinit/';

function packages() {
  // A folder may be left behind, with what git ignores, where a package had another name.
  const folders = readdirSync(join(root, 'packages')).filter((folder) =>
    existsSync(join(root, 'packages', folder, 'package.json')),
  );
  return folders.map((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
    const needs = Object.keys(manifest.dependencies ?? {})
      .filter((name) => name.startsWith(scope))
      .map((name) => name.slice(scope.length))
      .sort();
    const peers = Object.keys(manifest.peerDependencies ?? {}).sort();
    return {
      folder,
      description: manifest.description.replace(/ for FuseInit|^FuseInit: /, ''),
      needs,
      peers,
    };
  });
}

/** Each package after all that it imports. */
function inOrder(all) {
  const byFolder = new Map(all.map((each) => [each.folder, each]));
  const ordered = new Set();
  const visit = (folder) => {
    for (const needed of byFolder.get(folder).needs) visit(needed);
    ordered.add(byFolder.get(folder));
  };
  for (const { folder } of all) visit(folder);
  return [...ordered];
}

/** What a package imports but not by way of another package that it imports. */
function directly({ needs }, byFolder) {
  const within = (folder) => byFolder.get(folder).needs.flatMap((needed) => [needed, ...within(needed)]);
  const indirect = new Set(needs.flatMap(within));
  return needs.filter((needed) => !indirect.has(needed));
}

/** A Markdown table whose columns are aligned. */
function table(heads, rows) {
  const widths = heads.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at].length)));
  const line = (cells) => `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(' | ')} |`;
  return [line(heads), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

export function housePage() {
  const all = inOrder(packages());
  const byFolder = new Map(all.map((each) => [each.folder, each]));
  const arrows = all.flatMap((each) =>
    directly(each, byFolder).map((needed) => `  ${each.folder} --> ${needed}`),
  );
  const rows = all.map(({ folder, description, needs, peers }) => [
    `[${scope}${folder}](../packages/${folder}/README.md)`,
    description,
    [...needs, ...peers.map((name) => `${name} (peer)`)].join(', ') || '-',
  ]);
  return [
    '# The packages',
    '',
    '<!-- Written by `npm run docs:house` from the package.json files. -->',
    '',
    'An arrow leads from a package to one that it imports; imports that follow from others are left out.',
    '',
    '```mermaid',
    'graph BT',
    ...arrows,
    '```',
    '',
    'Each package stands after those that it imports.',
    '',
    ...table(['package', 'what it is for', 'imports'], rows),
    '',
  ].join('\n');
}

export function housePageIsCurrent() {
  return readFileSync(page, 'utf8') === housePage();
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) writeFileSync(page, housePage());
