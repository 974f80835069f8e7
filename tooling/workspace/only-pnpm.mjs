// A plain `npm install` ignores the workspace and leaves packages that can't find each other: stop it here.
if (!process.env.npm_config_user_agent?.startsWith('pnpm/')) {
  console.error('This workspace installs with pnpm: npx --yes pnpm@10.34.9 install --frozen-lockfile');
  process.exit(1);
}
