/**
 * The browser that a page runs in and what draws there, as both name themselves: `Chrome 150.0.0.0,
 * SwiftShader`.
 */
export function browserAndRenderer(): string {
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2')!;
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = names ? String(gl.getParameter(names.UNMASKED_RENDERER_WEBGL)) : 'unnamed';
  const browser = /Chrom(?:e|ium)\/[\d.]+/.exec(navigator.userAgent)?.[0].replace('/', ' ') ?? 'a browser';
  return `${browser}, ${/SwiftShader/.test(renderer) ? 'SwiftShader' : renderer}`;
}
