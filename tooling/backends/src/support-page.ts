import type { SuiteResult } from './suite.js';
import { backendTable, faultTable, layerTable } from './tables.js';

/** Writes SUPPORT.md from results alone. */
export function supportPage(
  results: readonly SuiteResult[],
  date: string,
  images: readonly [number, number],
): string {
  return `# What runs where

Written by \`npm run backends -- --write\` on ${date}, from what the suite saw. Nothing here is typed in.

## Backends

${backendTable(results)}

- **Worst moment**: the largest error of any mean or covariance in \`checkBackend\`, against float64, relative to the
  deviations; 3e-5 is allowed for 32-bit floats, 1e-3 for 16.
- **Golden**: the largest relative error of kernel and bias over ${results[0]!.golden.length} cases of an independent oracle, by \`fuse()\`; allowed
  is what a moment is allowed, times the condition number.
- **Main job**: conv3 and conv4 of the demo's FashionMNIST network fused at 5x5, solved on ${images[0]} images and measured on
  ${images[1]}, everything on that backend; the time is that of the fusion, and grows with whatever else the machine does.
- 16 bits is WebGL made to render half floats, as some phones do; sums are then made on the host.

## Layers

Every layer class of tfjs-layers 4.22 in the settings that the sweep tries, computed by TensorFlow.js on the backend and
in float64 by definitions that share no code with it; the largest difference over the largest output. A window's settings
are all combinations of a few kernels, strides, dilations and paddings on inputs of different remainders, channels first
and last. On webgl one setting in six is tried, and all that a known mistake concerns.

${layerTable(results)}

- **Wrong**: settings that TensorFlow.js itself computes wrongly there, without an error (see below); the error beside it is
  that after \`repairKernels(tf)\`.
- **As a GraphModel**: whether \`simplify\` with \`format: 'graph'\` can write the layer, or in how many of the settings that
  TensorFlow.js itself runs; others it refuses by the layer's name. Each GraphModel is held to the same float64 definition
  on the backend, as exactly as the layer.
- **Refused**: settings that TensorFlow.js refuses there, with an error of its own.
- RandomWidth draws a width each time, and the cells of recurrent layers are tried inside of them. StackedRNNCells, Masking
  and others that do nothing alone are tried with what they serve.

## What TensorFlow.js computes wrongly

Found by \`npm run layer-sweep\`, in TensorFlow.js 4.22 as it is in stock. \`fuse\` refuses a network with such a layer on such a
backend, until \`repairKernels(tf)\` of [@fuseinit/tfjs](packages/tfjs) has put kernels that compute rightly in place of
those; the command line does so by itself. A layer that FuseInit makes is never one of these: a student needs no repair
unless its teacher did, and \`report.warnings\` says so then.

${faultTable(results)}

Layers of your own: [write a plugin](docs/write-a-plugin.md). A backend of your own: \`checkBackend\` of
\`@fuseinit/core/testing\` is the suite that these pass.
`;
}
