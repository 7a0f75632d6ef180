-- Where in Teams people were met, to write to them without being asked.

-- CreateTable
CREATE TABLE "conversation_reference" (
    "msp_id" TEXT NOT NULL,
    "conversation" TEXT COLLATE "C" NOT NULL,
    "person" TEXT COLLATE "C" NOT NULL,
    "member" TEXT NOT NULL,
    "tenant" TEXT COLLATE "C" NOT NULL,
    "kind" TEXT NOT NULL,
    "team" TEXT COLLATE "C" NOT NULL,
    "service_url" TEXT NOT NULL,
    "bot" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "conversation_reference_pkey" PRIMARY KEY ("msp_id","conversation","person")
);

-- CreateIndex
CREATE INDEX "conversation_reference_msp_id_tenant_person_seen_at_idx" ON "conversation_reference"("msp_id", "tenant", "person", "seen_at");

-- What the schema cannot say.
ALTER TABLE "conversation_reference"
    ADD CONSTRAINT "conversation_reference_kind_check" CHECK ("kind" IN ('personal', 'group', 'channel')),
    ADD CONSTRAINT "conversation_reference_conversation_check" CHECK ("conversation" <> '');
