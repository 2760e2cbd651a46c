// node build-elsewhere.ts <release source as JSON>: prints the release. What it gives must not depend on who runs it where.
import { buildRelease, type ReleaseSource } from '../src/index.ts';

const { release } = await buildRelease(JSON.parse(process.argv[2] ?? '') as ReleaseSource);
process.stdout.write(JSON.stringify(release));
