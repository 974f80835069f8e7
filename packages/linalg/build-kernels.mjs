// Compiles assembly/ and embeds it in src/kernels/kernel-bytes.ts: npm run kernels, after a change in
// assembly/.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compileKernels } from './compile-kernels.mjs';

const target = fileURLToPath(new URL('src/kernels/kernel-bytes.ts', import.meta.url));
const source = await compileKernels();
const before = readFileSync(target, { encoding: 'utf8', flag: 'a+' });
writeFileSync(target, source);
console.log(before === source ? 'Nothing changed.' : `Wrote ${target}`);
