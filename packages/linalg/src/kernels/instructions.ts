/** What the kernels are compiled to: fused multiply-adds on vectors, vectors, or neither. */
export type Instructions = 'relaxed-simd' | 'simd' | 'scalar';

export const allInstructions: readonly Instructions[] = ['relaxed-simd', 'simd', 'scalar'];
