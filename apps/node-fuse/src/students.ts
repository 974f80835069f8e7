import type { FuseOptions, SpanRequest } from '@fuseinit/tfjs';

/** A student of the main job: which spans of the teacher are fused, and how. */
export interface StudentRecipe {
  readonly name: string;
  readonly options: Pick<FuseOptions, 'spans' | 'refit' | 'propagate' | 'channelCoupling'>;
}

const front: SpanRequest = { from: 'conv1', to: 'conv2' };
const back: SpanRequest = { from: 'conv3', to: 'conv4', kernelSize: 5 };

export const students: readonly StudentRecipe[] = [
  { name: 'conv3+conv4', options: { spans: [back] } },
  { name: 'conv1+conv2, conv3+conv4', options: { spans: [front, back] } },
  { name: 'the same, not refitted', options: { spans: [front, back], refit: 'none' } },
  {
    name: 'the same, inputs from the teacher',
    options: { spans: [front, back], refit: 'none', propagate: 'teacher' },
  },
];

/** The first student, solved as the paper's published code does: for comparison. */
export const independent: StudentRecipe = {
  name: "conv3+conv4, channelCoupling 'independent'",
  options: { spans: [back], channelCoupling: 'independent' },
};

export const moreStudents: readonly StudentRecipe[] = [
  { name: 'conv2+pool+conv3 5x5', options: { spans: [{ from: 'conv2', to: 'conv3', kernelSize: 5 }] } },
  { name: 'conv1+conv2+pool+conv3', options: { spans: [{ from: 'conv1', to: 'conv3' }] } },
  { name: 'conv4+flatten+dense', options: { spans: [{ from: 'conv4', to: 'dense' }] } },
];
