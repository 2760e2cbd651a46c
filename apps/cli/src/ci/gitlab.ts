import { PLAN, SUMMARY, type Pipeline } from './pipeline.ts';

export const GITLAB_FILE = '.gitlab-ci.yml';
export const GITLAB_NUMBER = '$CI_MERGE_REQUEST_IID';

/** A pipeline for GitLab. Secrets are its CI/CD variables, protected and masked; jobs that deploy get an OIDC token. */
export function gitlabPipeline({ game, staging, live, commands, secrets }: Pipeline): string {
  return `# Written by \`beamline ci init gitlab\`. Yours to change; writing it again needs --force.
#
# CI/CD variables: BEAMLINE_STATE, the folder where Beamline keeps its state, on a disk that all runners share;
# BEAMLINE_GITLAB_TOKEN, which may comment on merge requests. Secrets, masked and protected:
# ${[...new Set([...secrets.build, ...secrets.staging, ...secrets.live])].join(', ') || 'none'}.
# ${live === undefined ? 'No environment waits for an approval.' : `Protect the environment '${live}': who may deploy to it approves its plan by starting the job.`}
# ${game}

stages: [check, preview, ${staging}${live === undefined ? '' : `, ${live}`}]

default:
  image: node:24
  before_script:
    - npm ci

variables:
  BEAMLINE_STATE: .beamline

check:
  stage: check
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - npx beamline ${commands.bundle}
    - npx beamline ${commands.summary}
  after_script:
    - >-
      if [ -f ${SUMMARY} ] && [ -n "$BEAMLINE_GITLAB_TOKEN" ]; then
      curl --silent --fail --request POST --header "PRIVATE-TOKEN: $BEAMLINE_GITLAB_TOKEN" --data-urlencode "body@${SUMMARY}"
      "$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes";
      fi
  artifacts:
    when: always
    paths: [${SUMMARY}]

preview:
  stage: preview
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
    - npx beamline ${commands.previewUp}
  environment:
    name: preview/$CI_MERGE_REQUEST_IID
    on_stop: preview-down
    auto_stop_in: 1 day

preview-down:
  stage: preview
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
      when: manual
      allow_failure: true
  script:
    - npx beamline ${commands.previewDown}
  environment:
    name: preview/$CI_MERGE_REQUEST_IID
    action: stop

deploy-${staging}:
  stage: ${staging}
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  environment: ${staging}
  resource_group: beamline-${staging}
  id_tokens:
    BEAMLINE_ID_TOKEN:
      aud: $CI_SERVER_URL
  script:
    - npx beamline ${commands.deployStaging}
${live === undefined ? '' : liveJobs(live, commands)}`;
}

const liveJobs = (live: string, commands: Pipeline['commands']): string => `
plan-${live}:
  stage: ${live}
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  id_tokens:
    BEAMLINE_ID_TOKEN:
      aud: $CI_SERVER_URL
  script:
    - npx beamline ${commands.planLive}
  artifacts:
    paths: [${PLAN}]

deploy-${live}:
  stage: ${live}
  needs: [plan-${live}]
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
      when: manual
  environment: ${live}
  resource_group: beamline-${live}
  id_tokens:
    BEAMLINE_ID_TOKEN:
      aud: $CI_SERVER_URL
  script:
    - npx beamline ${commands.applyLive}
`;
