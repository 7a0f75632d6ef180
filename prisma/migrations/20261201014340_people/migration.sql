-- People and roles, changed by command; who was removed stays for the names of old decisions.

-- AlterTable
ALTER TABLE "books" ADD COLUMN "people_version" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "person" (
    "msp_id" TEXT NOT NULL,
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "removed" BOOLEAN NOT NULL DEFAULT false,
    "joined_to" TEXT COLLATE "C",

    CONSTRAINT "person_pkey" PRIMARY KEY ("msp_id","id")
);

-- CreateTable
CREATE TABLE "person_identity" (
    "msp_id" TEXT NOT NULL,
    "identity" TEXT COLLATE "C" NOT NULL,
    "person_id" TEXT COLLATE "C" NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "person_identity_pkey" PRIMARY KEY ("msp_id","identity")
);

-- CreateIndex
CREATE INDEX "person_identity_msp_id_person_id_idx" ON "person_identity"("msp_id", "person_id");

-- AddForeignKey
ALTER TABLE "person" ADD CONSTRAINT "person_msp_id_fkey" FOREIGN KEY ("msp_id") REFERENCES "msp"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "person_identity" ADD CONSTRAINT "person_identity_msp_id_person_id_fkey" FOREIGN KEY ("msp_id", "person_id") REFERENCES "person"("msp_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What the schema cannot say.
ALTER TABLE "person"
    ADD CONSTRAINT "person_role_check" CHECK ("role" IN ('viewer', 'biller', 'approver', 'admin')),
    ADD CONSTRAINT "person_name_check" CHECK ("name" <> ''),
    ADD CONSTRAINT "person_joined_check" CHECK ("joined_to" IS NULL OR ("removed" AND "joined_to" <> "id"));
