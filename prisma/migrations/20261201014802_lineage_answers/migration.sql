-- CreateTable
CREATE TABLE "lineage_answer" (
    "msp_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "record_key" TEXT COLLATE "C" NOT NULL,
    "continues" TEXT COLLATE "C",
    "answered_by" TEXT NOT NULL,
    "answered_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "lineage_answer_pkey" PRIMARY KEY ("msp_id","version")
);

-- AddForeignKey
ALTER TABLE "lineage_answer" ADD CONSTRAINT "lineage_answer_msp_id_fkey" FOREIGN KEY ("msp_id") REFERENCES "msp"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- By hand from here: what the schema language cannot say.

-- No line continues itself.
ALTER TABLE "lineage_answer" ADD CONSTRAINT "lineage_answer_whole"
    CHECK ("version" > 0 AND "continues" <> "record_key" IS NOT FALSE);

-- What somebody said is never edited or taken away: they say something else.
CREATE TRIGGER "only_added" BEFORE UPDATE OR DELETE OR TRUNCATE ON "lineage_answer" EXECUTE FUNCTION "refuse_change"();
