-- Codes that join an identity to a person, and how often they were tried.

-- CreateTable
CREATE TABLE "person_link" (
    "msp_id" TEXT NOT NULL,
    "person_id" TEXT COLLATE "C" NOT NULL,
    "hash" TEXT COLLATE "C" NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "person_link_pkey" PRIMARY KEY ("msp_id","person_id")
);

-- CreateTable
CREATE TABLE "person_link_try" (
    "msp_id" TEXT NOT NULL,
    "identity" TEXT COLLATE "C" NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "tries" INTEGER NOT NULL,

    CONSTRAINT "person_link_try_pkey" PRIMARY KEY ("msp_id","identity")
);

-- CreateIndex
CREATE UNIQUE INDEX "person_link_msp_id_hash_key" ON "person_link"("msp_id", "hash");

-- AddForeignKey
ALTER TABLE "person_link" ADD CONSTRAINT "person_link_msp_id_person_id_fkey" FOREIGN KEY ("msp_id", "person_id") REFERENCES "person"("msp_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;
