import { PLAN, SUMMARY, type Pipeline } from './pipeline.ts';

export const GITHUB_FILE = '.github/workflows/beamline.yml';
/** How a step knows the pull request. */
export const GITHUB_NUMBER = '$PR_NUMBER';

/** A workflow for GitHub Actions. Values of the event reach commands as variables only. */
export function githubWorkflow({ game, staging, live, commands, secrets }: Pipeline): string {
  return `# Written by \`beamline ci init github\`. Yours to change; writing it again needs --force.
#
# Repository variables: BEAMLINE_STATE, the folder where Beamline keeps its state, on a disk that all jobs share;
# BEAMLINE_RUNNER, the runner that has it: on GitHub's own, previews end with their job. Secrets, by environment: ${[...new Set([...secrets.build, ...secrets.staging, ...secrets.live])].join(', ') || 'none'}.
# Jobs of pull requests and of plans see a secret only where the whole repository does; they need the wallet only to read
# data that a migration changes.
# ${live === undefined ? 'No environment waits for an approval.' : `Give the environment '${live}' required reviewers: they approve the plan that its job carries out.`}
name: beamline ${game}

on:
  pull_request:
    types: [opened, synchronize, reopened, closed]
  push:
    branches: [main]

permissions:
  contents: read

env:
  BEAMLINE_STATE: \${{ vars.BEAMLINE_STATE || '.beamline' }}

jobs:
  check:
    if: github.event_name == 'pull_request' && github.event.action != 'closed'
    runs-on: \${{ vars.BEAMLINE_RUNNER || 'ubuntu-latest' }}
    permissions:
      contents: read
      pull-requests: write
${variables([...secrets.build, ...secrets.staging], 4)}    steps:
${setUp}
      - name: Build and verify
        run: npx beamline ${commands.bundle}
      - name: Sizes, layouts, plan, contracts, rehearsal
        id: summary
        run: npx beamline ${commands.summary}
      - name: Say it on the pull request
        if: always() && hashFiles('${SUMMARY}') != '' && github.event.pull_request.head.repo.full_name == github.repository
        env:
          GH_TOKEN: \${{ github.token }}
          PR_NUMBER: \${{ github.event.number }}
        run: gh pr comment "$PR_NUMBER" --edit-last --create-if-none --body-file ${SUMMARY}

  preview:
    needs: check
    if: github.event.pull_request.head.repo.full_name == github.repository
    runs-on: \${{ vars.BEAMLINE_RUNNER || 'ubuntu-latest' }}
    env:
      PR_NUMBER: \${{ github.event.number }}
    steps:
${setUp}
      - name: The branch on the worlds of ${staging}
        run: npx beamline ${commands.previewUp}

  preview-down:
    if: github.event_name == 'pull_request' && github.event.action == 'closed' && github.event.pull_request.head.repo.full_name == github.repository
    runs-on: \${{ vars.BEAMLINE_RUNNER || 'ubuntu-latest' }}
    env:
      PR_NUMBER: \${{ github.event.number }}
    steps:
${setUp}
      - name: End the preview
        continue-on-error: true
        run: npx beamline ${commands.previewDown}

  deploy-${staging}:
    if: github.event_name == 'push'
    runs-on: \${{ vars.BEAMLINE_RUNNER || 'ubuntu-latest' }}
    environment: ${staging}
    concurrency: beamline-${staging}
    permissions:
      contents: read
      id-token: write
${variables([...secrets.build, ...secrets.staging], 4)}    steps:
${setUp}
      - name: Deploy
        run: npx beamline ${commands.deployStaging}
${live === undefined ? '' : liveJobs(live, staging, commands, secrets)}`;
}

const liveJobs = (live: string, staging: string, commands: Pipeline['commands'], secrets: Pipeline['secrets']): string => `
  plan-${live}:
    needs: deploy-${staging}
    runs-on: \${{ vars.BEAMLINE_RUNNER || 'ubuntu-latest' }}
    permissions:
      contents: read
      id-token: write
${variables([...secrets.build, ...secrets.live], 4)}    steps:
${setUp}
      - name: Plan
        run: npx beamline ${commands.planLive}
      - uses: actions/upload-artifact@v4
        with:
          name: beamline-plan
          path: ${PLAN}

  deploy-${live}:
    needs: plan-${live}
    runs-on: \${{ vars.BEAMLINE_RUNNER || 'ubuntu-latest' }}
    environment: ${live}
    concurrency: beamline-${live}
    permissions:
      contents: read
      id-token: write
${variables(secrets.live, 4)}    steps:
${setUp}
      - uses: actions/download-artifact@v4
        with:
          name: beamline-plan
      - name: Carry out the plan that was approved
        run: npx beamline ${commands.applyLive}
`;

const setUp = `      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 24
          cache: npm
      - run: npm ci`;

/** Secrets reach a job as variables, and no command line. */
function variables(names: readonly string[], indent: number): string {
  const space = ' '.repeat(indent);
  const unique = [...new Set(names)];
  return unique.length === 0 ? '' : `${space}env:\n${unique.map((name) => `${space}  ${name}: \${{ secrets.${name} }}\n`).join('')}`;
}
