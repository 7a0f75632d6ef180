-- Whose place an override took is decided when it is said; what was said before took nobody's.
ALTER TABLE "override_record" ADD COLUMN "replaces" INTEGER[] NOT NULL DEFAULT ARRAY[]::INTEGER[];
