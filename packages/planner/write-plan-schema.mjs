// Writes plan.schema.json from the parser's own schema: npm run plan-schema, after a change of it.
import { writeFileSync } from 'node:fs';
import { planJsonSchema } from './dist/index.js';

writeFileSync(new URL('plan.schema.json', import.meta.url), `${JSON.stringify(planJsonSchema(), null, 2)}\n`);
