// A TypeScript that dependency-cruiser doesn't know leaves it blind: it would find no file, and pass.
import { allExtensions } from 'dependency-cruiser';

if (!allExtensions.some(({ extension, available }) => extension === '.ts' && available)) {
  console.error(
    "This dependency-cruiser can't read this TypeScript: choose versions that match (depcruise --info).",
  );
  process.exit(1);
}
