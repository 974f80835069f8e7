/** How the answers of both networks compare with each other and with labels. */
export type Answers = ClassAnswers | LabelAnswers | ValueAnswers;

/** Of an output that scores classes; the answer is the class with the highest score. */
export interface ClassAnswers {
  readonly kind: 'classes';
  /** Share of samples for which both networks answer the same, 0 to 1. */
  readonly agreement: number;
  /** Null where no labels came. */
  readonly labelled: LabelledAnswers | null;
}

/** Counts of samples by who is right, and the accuracies that follow from them. */
export interface LabelledAnswers {
  /** 0 to 1. */
  readonly teacherAccuracy: number;
  /** 0 to 1. */
  readonly studentAccuracy: number;
  readonly bothRight: number;
  readonly onlyTeacherRight: number;
  readonly onlyStudentRight: number;
  readonly bothWrong: number;
  /** One for each class, by index. */
  readonly classes: readonly ClassCount[];
}

/** Samples of one class by label, and how many each network gets right. */
export interface ClassCount {
  readonly count: number;
  readonly teacherRight: number;
  readonly studentRight: number;
}

/** Of an output of which each number tells by itself whether its label holds. */
export interface LabelAnswers {
  readonly kind: 'labels';
  /** Share of labels, of all samples, for which both networks answer the same, 0 to 1. */
  readonly agreement: number;
  /** Share of samples for which they do so on every label. */
  readonly sampleAgreement: number;
  /** Null where no labels came. */
  readonly labelled: {
    readonly teacher: LabelAccuracy;
    readonly student: LabelAccuracy;
    /**
     * Of the student's binary accuracy less the teacher's, as samples of the same kind would scatter it; null
     * of one.
     */
    readonly standardError: number | null;
  } | null;
}

export interface LabelAccuracy {
  /** Share of labels, of all samples, that are right: the BinaryAccuracy of Keras. */
  readonly binaryAccuracy: number;
  /** Share of samples of which every label is right. */
  readonly exactMatch: number;
}

/** Of an output of numbers, against labels of as many. */
export interface ValueAnswers {
  readonly kind: 'values';
  readonly teacher: ValueError;
  readonly student: ValueError;
  /** Of the labels, each of a sample's numbers about its own mean. */
  readonly labelVariance: number;
}

/** In the unit of the labels, the first one squared. */
export interface ValueError {
  readonly meanSquareError: number;
  readonly meanAbsoluteError: number;
}
