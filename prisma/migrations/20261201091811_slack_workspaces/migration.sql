-- Workspaces of Slack in which the app is installed, each with its sealed token.

-- CreateTable
CREATE TABLE "slack_workspace" (
    "msp_id" TEXT NOT NULL,
    "key" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "bot_user" TEXT NOT NULL,
    "scopes" TEXT[],
    "sealed_token" TEXT,
    "installed_by" TEXT NOT NULL,
    "installed_at" TIMESTAMPTZ(3) NOT NULL,
    "removed_at" TIMESTAMPTZ(3),

    CONSTRAINT "slack_workspace_pkey" PRIMARY KEY ("msp_id","key")
);

ALTER TABLE "slack_workspace" ADD CONSTRAINT "slack_workspace_key_check" CHECK ("key" ~ '^[ET]:[ET][A-Z0-9]+$');

-- What is removed has no token, and no token is kept unsealed.
ALTER TABLE "slack_workspace" ADD CONSTRAINT "slack_workspace_token_check"
    CHECK (("sealed_token" IS NULL) = ("removed_at" IS NOT NULL) AND "sealed_token" LIKE 'v1.%');
