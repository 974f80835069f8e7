/** How the answers of the two networks compare with each other and with the labels. */
export type Answers = ClassAnswers | LabelAnswers | ValueAnswers;

/** Answers of an output that scores classes: the class with the highest score. */
export interface ClassAnswers {
  readonly kind: 'classes';
  /** The share of samples for which both networks give the same answer, 0 to 1. */
  readonly agreement: number;
  /** Null if there were no labels. */
  readonly labelled: LabelledAnswers | null;
}

/** Counts of samples by which network is right, and the accuracies that follow from them. */
export interface LabelledAnswers {
  /** The accuracy of the teacher, 0 to 1. */
  readonly teacherAccuracy: number;
  /** The accuracy of the student, 0 to 1. */
  readonly studentAccuracy: number;
  readonly bothRight: number;
  readonly onlyTeacherRight: number;
  readonly onlyStudentRight: number;
  readonly bothWrong: number;
  /** Counts of each class, by its index. */
  readonly classes: readonly ClassCount[];
}

/** The number of samples with one class as their label, and how many of them each network gets right. */
export interface ClassCount {
  readonly count: number;
  readonly teacherRight: number;
  readonly studentRight: number;
}

/** Answers of a multi-label output: each of its numbers says whether one label holds. */
export interface LabelAnswers {
  readonly kind: 'labels';
  /** The share of labels, over all samples, for which both networks give the same answer, 0 to 1. */
  readonly agreement: number;
  /** The share of samples for which both networks give the same answer on every label. */
  readonly sampleAgreement: number;
  /** Null if there were no labels. */
  readonly labelled: {
    readonly teacher: LabelAccuracy;
    readonly student: LabelAccuracy;
    /**
     * The standard error of the change in binary accuracy (the student's less the teacher's) over samples;
     * null for a single sample.
     */
    readonly standardError: number | null;
  } | null;
}

/** The accuracy of a network on a multi-label output. */
export interface LabelAccuracy {
  /** The share of labels, over all samples, that are right: Keras's BinaryAccuracy. */
  readonly binaryAccuracy: number;
  /** The share of samples of which every label is right. */
  readonly exactMatch: number;
}

/** Answers of a regression output, compared with as many numbers as labels. */
export interface ValueAnswers {
  readonly kind: 'values';
  readonly teacher: ValueError;
  readonly student: ValueError;
  /** The variance of the labels, each number of a sample about its own mean. */
  readonly labelVariance: number;
}

/**
 * Errors of a regression output. The mean square error is in the squared unit of the labels, the others are
 * in their unit.
 */
export interface ValueError {
  readonly meanSquareError: number;
  readonly meanAbsoluteError: number;
}
