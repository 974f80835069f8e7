import type { SpanRequest } from '@fuseinit/tfjs';

/** What `npm run demo` fuses of the FashionMNIST teacher in its second student: two pairs of convolutions. */
export const demoSpans: readonly SpanRequest[] = [
  { from: 'conv1', to: 'conv2' },
  { from: 'conv3', to: 'conv4', kernelSize: 5 },
];
